//! `map`: one item out for one in.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Turns each item into another.
///
/// To change the values of a keyed stream and keep its placement, use [`map_value`](super::map_value()).
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow doubled(out: TestSink<u64>) {
///         input("numbers", iter([1, 2, 3])) -> map("double", |n| n * 2) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// doubled(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [2, 4, 6]);
/// ```
pub fn map<'s, T, B, C, U, F>(up: Stream<'s, T, B, C>, id: &'static str, f: F) -> Stream<'s, U, B, impl Chain<'s, U>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    U: 'static,
    F: Fn(T) -> U + 'static,
{
    up.stage(Map { id, f })
}

pub(super) struct Map<F> {
    pub(super) id: &'static str,
    pub(super) f: F,
}

impl<T, U, F: Fn(T) -> U> Stage<T> for Map<F> {
    type Out = U;

    #[inline(always)]
    fn run<P: Push<U>>(&mut self, item: T, next: &mut Down<'_, U, P>) {
        next.push(named(self.id, || (self.f)(item)));
    }
}
