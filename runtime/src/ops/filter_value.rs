//! `filter_value`: the values for which a condition holds.

use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream, named};
use std::marker::PhantomData;

/// Passes on the pairs for whose value `f` says yes. Key and placement stay.
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
pub fn filter_value<'s, T, K, V, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, V), B, impl Chain<'s, (K, V)>>
where
    T: IsKeyed<K, V> + 'static,
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(&V) -> bool + 'static,
{
    let placed = up.placed;
    up.stage(FilterValue { id, f, pair: PhantomData::<(K, V)> }).placed(placed)
}

struct FilterValue<P, F> {
    id: &'static str,
    f: F,
    pair: PhantomData<P>,
}

impl<K, V, T: IsKeyed<K, V>, F: Fn(&V) -> bool> Stage<T> for FilterValue<(K, V), F> {
    type Out = (K, V);

    #[inline(always)]
    fn run<P: Push<(K, V)>>(&mut self, item: T, next: &mut Down<'_, (K, V), P>) {
        let (key, value) = item.into_pair();
        if named(self.id, || (self.f)(&value)) {
            next.push((key, value));
        }
    }
}
