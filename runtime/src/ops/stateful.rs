//! `stateful`: the core of keyed state, with a logic of the user's own.

use crate::data::{Data, IsKeyed, Key};
use crate::state::{Logic, Placement, stateful_operator};
use crate::stream::{Chain, Stream};

/// Runs a [`Logic`] on each key: values, timers, the end of epochs and of the input. Every other keyed step is one of these.
///
/// `-> stateful("id", logic)` takes any value that implements [`Logic`]; see there for an example.
///
/// Items are sent to the worker that owns their key, unless they are there already.
pub fn stateful<'s, T, K, V, B, C, L>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    logic: L,
) -> Stream<'s, (K, L::Out), B, impl Chain<'s, (K, L::Out)>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: 'static,
    C: Chain<'s, T>,
    L: Logic<K, V>,
{
    stateful_operator(up, id, Placement::ByKey, logic)
}
