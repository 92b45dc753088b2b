//! `filter_map`: filter and map in one.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Turns each item into another, or drops it if `f` returns `None`.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow parsed(out: TestSink<u64>) {
///         input("texts", iter(["1", "x", "3"])) -> filter_map("parse", |text| text.parse().ok()) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// parsed(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 3]);
/// ```
pub fn filter_map<'s, T, B, C, U, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, U, B, impl Chain<'s, U>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    U: 'static,
    F: Fn(T) -> Option<U> + 'static,
{
    up.stage(FilterMap { id, f })
}

struct FilterMap<F> {
    id: &'static str,
    f: F,
}

impl<T, U, F: Fn(T) -> Option<U>> Stage<T> for FilterMap<F> {
    type Out = U;

    #[inline(always)]
    fn run<P: Push<U>>(&mut self, item: T, next: &mut Down<'_, U, P>) {
        if let Some(out) = named(self.id, || (self.f)(item)) {
            next.push(out);
        }
    }
}
