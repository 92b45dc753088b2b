//! `flat_map_value`: any number of values out for one in.

use super::flat_map::push_all;
use crate::check::{If, IsMany, Witness};
use crate::stream::{Chain, Down, Push, Stage, Stream};

/// Turns each value into any number of others, each under the same key, which is cloned. Placement is kept.
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
pub fn flat_map_value<'s, K, V, B, C, I: IsMany<U, W>, U: 'static, W: Witness, F>(
    up: Stream<'s, (K, V), B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (K, U), If<W, B>, If<W, impl Chain<'s, (K, U)>>>
where
    K: Clone + 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, (K, V)>,
    F: Fn(V) -> I + 'static,
{
    let placed = up.placed;
    up.stage(FlatMapValue { id, f }).placed(placed).known::<W, _, _>()
}

struct FlatMapValue<F> {
    id: &'static str,
    f: F,
}

impl<K: Clone, V, I: IntoIterator, F: Fn(V) -> I> Stage<(K, V)> for FlatMapValue<F> {
    type Out = (K, I::Item);

    #[inline(always)]
    fn run<P: Push<(K, I::Item)>>(&mut self, (key, value): (K, V), next: &mut Down<'_, (K, I::Item), P>) {
        push_all(self.id, || (self.f)(value).into_iter().map(|out| (key.clone(), out)), next);
    }
}
