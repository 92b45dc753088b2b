//! `map_value`: one value out for one in, under the same key.

use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::marker::PhantomData;

/// Turns each value into another. Key and placement stay.
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
pub fn map_value<'s, T, K, V, B, C, U, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, U), B, impl Chain<'s, (K, U)>>
where
    T: IsKeyed<K, V> + 'static,
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    U: 'static,
    F: Fn(V) -> U + 'static,
{
    let placed = up.placed;
    up.stage(MapValue { id, f, pair: PhantomData::<(K, V)> }).placed(placed)
}

struct MapValue<P, F> {
    id: &'static str,
    f: F,
    pair: PhantomData<P>,
}

impl<K, V, U, T: IsKeyed<K, V>, F: Fn(V) -> U> Stage<T> for MapValue<(K, V), F> {
    type Out = (K, U);

    #[inline(always)]
    fn run<P: Push<(K, U)>>(&mut self, item: T, next: &mut Down<'_, (K, U), P>) {
        let (key, value) = item.into_pair();
        next.push((key, named(self.id, || (self.f)(value))));
    }
}
