//! `stateful`: the core of keyed state, with a logic of the user's own.

use crate::base::data::KeyedData;
use crate::check::{If, IsLogic, Witness};
use crate::state::{Placement, stateful_operator};
use crate::stream::{Chain, Stream};

/// Runs a [`Logic`](crate::state::Logic) on each key: values, timers, the end of epochs and of the input. Every other keyed step is one of these.
///
/// `-> stateful("id", logic)` takes any value that implements [`Logic`](crate::state::Logic); see there for an example.
///
/// Items are sent to the worker that owns their key, unless they are there already.
pub fn stateful<'s, T, B, C, L: IsLogic<T::Key, T::Value, U, W>, U: 'static, W: Witness>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    logic: L,
) -> Stream<'s, (T::Key, U), If<W, B>, If<W, impl Chain<'s, (T::Key, U)>>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
{
    stateful_operator(up, id, Placement::ByKey, logic).known::<W, _, _>()
}
