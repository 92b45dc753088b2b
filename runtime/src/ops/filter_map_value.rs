//! `filter_map_value`: filter and map of values in one.

use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::marker::PhantomData;

/// Turns each value into another, or drops the pair where `f` gives `None`. Key and placement stay.
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
pub fn filter_map_value<'s, T, K, V, B, C, U, F>(
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
    F: Fn(V) -> Option<U> + 'static,
{
    let placed = up.placed;
    up.stage(FilterMapValue { id, f, pair: PhantomData::<(K, V)> }).placed(placed)
}

struct FilterMapValue<P, F> {
    id: &'static str,
    f: F,
    pair: PhantomData<P>,
}

impl<K, V, U, T: IsKeyed<K, V>, F: Fn(V) -> Option<U>> Stage<T> for FilterMapValue<(K, V), F> {
    type Out = (K, U);

    #[inline(always)]
    fn run<P: Push<(K, U)>>(&mut self, item: T, next: &mut Down<'_, (K, U), P>) {
        let (key, value) = item.into_pair();
        if let Some(out) = named(self.id, || (self.f)(value)) {
            next.push((key, out));
        }
    }
}
