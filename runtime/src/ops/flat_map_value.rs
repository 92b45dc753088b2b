//! `flat_map_value`: any number of values out for one in.

use super::flat_map::push_all;
use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream};
use std::marker::PhantomData;

/// Turns each value into any number of others, each under the same key, which is cloned. Placement stays.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow twice(out: TestSink<(&'static str, u64)>) {
///         input("pairs", iter([("a", 1)])) -> flat_map_value("twice", |n| [n, n]) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// twice(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("a", 1), ("a", 1)]);
/// ```
pub fn flat_map_value<'s, T, K, V, B, C, I, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, I::Item), B, impl Chain<'s, (K, I::Item)>>
where
    T: IsKeyed<K, V> + 'static,
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    K: Clone,
    I: IntoIterator<Item: 'static>,
    F: Fn(V) -> I + 'static,
{
    let placed = up.placed;
    up.stage(FlatMapValue { id, f, pair: PhantomData::<(K, V)> }).placed(placed)
}

struct FlatMapValue<P, F> {
    id: &'static str,
    f: F,
    pair: PhantomData<P>,
}

impl<K: Clone, V, I: IntoIterator, T: IsKeyed<K, V>, F: Fn(V) -> I> Stage<T> for FlatMapValue<(K, V), F> {
    type Out = (K, I::Item);

    #[inline(always)]
    fn run<P: Push<(K, I::Item)>>(&mut self, item: T, next: &mut Down<'_, (K, I::Item), P>) {
        let (key, value) = item.into_pair();
        push_all(self.id, || (self.f)(value).into_iter().map(|out| (key.clone(), out)), next);
    }
}
