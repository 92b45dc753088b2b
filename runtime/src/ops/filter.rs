//! `filter`: the items for which a condition holds.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Passes on the items for which `f` is true. Placement is kept.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow even(out: TestSink<u64>) {
///         input("numbers", iter(1..=4)) -> filter("even", |n| n % 2 == 0) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// even(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [2, 4]);
/// ```
pub fn filter<'s, T, B, C, F>(up: Stream<'s, T, B, C>, id: &'static str, f: F) -> Stream<'s, T, B, impl Chain<'s, T>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&T) -> bool + 'static,
{
    let placed = up.placed;
    up.stage(Filter { id, f }).placed(placed)
}

struct Filter<F> {
    id: &'static str,
    f: F,
}

impl<T, F: Fn(&T) -> bool> Stage<T> for Filter<F> {
    type Out = T;

    #[inline(always)]
    fn run<P: Push<T>>(&mut self, item: T, next: &mut Down<'_, T, P>) {
        if named(self.id, || (self.f)(&item)) {
            next.push(item);
        }
    }
}
