//! `inspect_worker`: look at items and the worker they are on.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::fmt::Debug;

/// Calls `f` with the number of the worker and the item, and passes the item on. Without a closure,
/// `-> inspect_worker("id")` prints `id on worker: item`.
pub fn inspect_worker<'s, T, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(usize, &T) + 'static,
{
    let placed = up.placed;
    let worker = up.cx.worker.index;
    up.stage(InspectWorker { id, f, worker }).placed(placed)
}

/// Prints each item as `id on worker: item`: `inspect_worker` without a closure.
pub fn inspect_worker_print<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: Debug + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    inspect_worker(up, id, move |worker, item| println!("{id} on {worker}: {item:?}"))
}

struct InspectWorker<F> {
    id: &'static str,
    f: F,
    worker: usize,
}

impl<T, F: Fn(usize, &T)> Stage<T> for InspectWorker<F> {
    type Out = T;

    #[inline(always)]
    fn run<P: Push<T>>(&mut self, item: T, next: &mut Down<'_, T, P>) {
        named(self.id, || (self.f)(self.worker, &item));
        next.push(item);
    }
}
