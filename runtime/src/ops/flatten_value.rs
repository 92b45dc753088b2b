//! `flatten_value`: the items inside of values.

use super::flat_map::push_all;
use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream};
use std::marker::PhantomData;

/// Takes values that can be iterated over apart, each item under the same key, which is cloned. Placement stays.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow flat(out: TestSink<(&'static str, u64)>) {
///         input("pairs", iter([("a", vec![1, 2])])) -> flatten_value() -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// flat(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [("a", 1), ("a", 2)]);
/// ```
pub fn flatten_value<'s, T, K, V, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, (K, V::Item), B, impl Chain<'s, (K, V::Item)>>
where
    T: IsKeyed<K, V> + 'static,
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
    K: Clone,
    V: IntoIterator<Item: 'static>,
{
    let placed = up.placed;
    up.stage(FlattenValue { id, pair: PhantomData::<(K, V)> }).placed(placed)
}

struct FlattenValue<P> {
    id: &'static str,
    pair: PhantomData<P>,
}

impl<K: Clone, V: IntoIterator, T: IsKeyed<K, V>> Stage<T> for FlattenValue<(K, V)> {
    type Out = (K, V::Item);

    #[inline(always)]
    fn run<P: Push<(K, V::Item)>>(&mut self, item: T, next: &mut Down<'_, (K, V::Item), P>) {
        let (key, value) = item.into_pair();
        push_all(self.id, || value.into_iter().map(|out| (key.clone(), out)), next);
    }
}
