//! `filter_value`: the values for which a condition holds.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Passes on the pairs for whose value `f` is true. Key and placement are kept.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow large(out: TestSink<(&'static str, u64)>) {
///         input("pairs", iter([("a", 1), ("b", 2)])) -> filter_value("large", |n| *n > 1) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// large(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("b", 2)]);
/// ```
pub fn filter_value<'s, K, V, B, C, F>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, V), B, impl Chain<'s, (K, V)>>
where
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, (K, V)>,
    F: Fn(&V) -> bool + 'static,
{
    let placed = up.placed;
    up.stage(FilterValue { id, f }).placed(placed)
}

struct FilterValue<F> {
    id: &'static str,
    f: F,
}

impl<K, V, F: Fn(&V) -> bool> Stage<(K, V)> for FilterValue<F> {
    type Out = (K, V);

    #[inline(always)]
    fn run<P: Push<(K, V)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, V), P>) {
        if named(self.id, || (self.f)(&value)) {
            next.push((key, value));
        }
    }
}
