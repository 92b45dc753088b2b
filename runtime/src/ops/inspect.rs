//! `inspect`: look at items as they pass.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::fmt::Debug;

/// Calls `f` with each item and passes the item on. Without a closure, `-> inspect("id")` prints `id: item`.
pub fn inspect<'s, T, B, C, F>(up: Stream<'s, T, B, C>, id: &'static str, f: F) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&T) + 'static,
{
    let placed = up.placed;

    up.stage(Inspect { id, f }).placed(placed)
}

/// Prints each item as `id: item`: `inspect` without a closure.
pub fn inspect_print<'s, T, B, C>(up: Stream<'s, T, B, C>, id: &'static str) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: Debug + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    inspect(up, id, move |item| println!("{id}: {item:?}"))
}

struct Inspect<F> {
    id: &'static str,
    f: F,
}

impl<T, F: Fn(&T)> Stage<T> for Inspect<F> {
    type Out = T;

    #[inline(always)]
    fn run<P: Push<T>>(&mut self, item: T, next: &mut Down<'_, T, P>) {
        named(self.id, || (self.f)(&item));
        next.push(item);
    }
}
