//! `flatten_value`: the items inside of values.

use super::flat_map::push_all;
use crate::stream::{Chain, Down, Push, Stage, Stream};

/// Flattens values that can be iterated over, each item under the same key, which is cloned. Placement is kept.
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
pub fn flatten_value<'s, K, V, B, C>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
) -> Stream<'s, (K, V::Item), B, impl Chain<'s, (K, V::Item)>>
where
    K: Clone + 'static,
    B: 'static,
    C: Chain<'s, (K, V)>,
    V: IntoIterator<Item: 'static> + 'static,
{
    let placed = up.placed;
    up.stage(FlattenValue { id }).placed(placed)
}

struct FlattenValue {
    id: &'static str,
}

impl<K: Clone, V: IntoIterator> Stage<(K, V)> for FlattenValue {
    type Out = (K, V::Item);

    #[inline(always)]
    fn run<P: Push<(K, V::Item)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, V::Item), P>) {
        push_all(self.id, || value.into_iter().map(|out| (key.clone(), out)), next);
    }
}
