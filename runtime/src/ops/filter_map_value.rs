//! `filter_map_value`: filter and map of values in one.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Turns each value into another, or drops the pair if `f` returns `None`. Key and placement are kept.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow parsed(out: TestSink<(&'static str, u64)>) {
///         input("pairs", iter([("a", "1"), ("b", "x")]))
///             -> filter_map_value("parse", |text| text.parse().ok())
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// parsed(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("a", 1)]);
/// ```
pub fn filter_map_value<'s, K, V, B, C, U, F>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, U), B, impl Chain<'s, (K, U)>>
where
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, (K, V)>,
    U: 'static,
    F: Fn(V) -> Option<U> + 'static,
{
    let placed = up.placed;
    up.stage(FilterMapValue { id, f }).placed(placed)
}

struct FilterMapValue<F> {
    id: &'static str,
    f: F,
}

impl<K, V, U, F: Fn(V) -> Option<U>> Stage<(K, V)> for FilterMapValue<F> {
    type Out = (K, U);

    #[inline(always)]
    fn run<P: Push<(K, U)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, U), P>) {
        if let Some(out) = named(self.id, || (self.f)(value)) {
            next.push((key, out));
        }
    }
}
