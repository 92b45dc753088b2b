//! `map_value`: one value out for one in, under the same key.

use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Turns each value into another. Key and placement are kept.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow doubled(out: TestSink<(&'static str, u64)>) {
///         input("pairs", iter([("a", 1), ("b", 2)])) -> map_value("double", |n| n * 2) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// doubled(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("a", 2), ("b", 4)]);
/// ```
pub fn map_value<'s, K, V, B, C, U, F>(
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
    F: Fn(V) -> U + 'static,
{
    let placed = up.placed;
    up.stage(MapValue { id, f }).placed(placed)
}

struct MapValue<F> {
    id: &'static str,
    f: F,
}

impl<K, V, U, F: Fn(V) -> U> Stage<(K, V)> for MapValue<F> {
    type Out = (K, U);

    #[inline(always)]
    fn run<P: Push<(K, U)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, U), P>) {
        next.push((key, named(self.id, || (self.f)(value))));
    }
}
