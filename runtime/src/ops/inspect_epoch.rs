//! `inspect_epoch`: look at items and their epochs.

use crate::base::time::epoch_of;
use crate::stream::OpState;
use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::fmt::Debug;
use std::rc::Rc;

/// Calls `f` with each item's epoch and the item, and passes the item on. Without a closure, `-> inspect_epoch("id")` prints
/// `id @epoch: item`.
pub fn inspect_epoch<'s, T, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(u64, &T) + 'static,
{
    let placed = up.placed;
    let state = up.op.state();
    up.stage(InspectEpoch { id, f, state }).placed(placed)
}

/// Prints each item as `id @epoch: item`: `inspect_epoch` without a closure.
pub fn inspect_epoch_print<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: Debug + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    inspect_epoch(up, id, move |epoch, item| println!("{id} @{epoch}: {item:?}"))
}

struct InspectEpoch<F> {
    id: &'static str,
    f: F,
    state: Rc<OpState>,
}

impl<T, F: Fn(u64, &T)> Stage<T> for InspectEpoch<F> {
    type Out = T;

    #[inline(always)]
    fn run<P: Push<T>>(&mut self, item: T, next: &mut Down<'_, T, P>) {
        let epoch = epoch_of(self.state.time.get());
        named(self.id, || (self.f)(epoch, &item));
        next.push(item);
    }
}
