//! `key_rm`: out of a keyed stream.

use crate::stream::{Chain, Down, Push, Stage, Stream};

/// Drops the keys: the stream becomes one of values.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow values(out: TestSink<u64>) {
///         input("pairs", iter([("a", 1), ("b", 2)])) -> key_rm() -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// values(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 2]);
/// ```
pub fn key_rm<'s, K, V, B, C>(up: Stream<'s, (K, V), B, C>, _id: &'static str) -> Stream<'s, V, B, impl Chain<'s, V>>
where
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, (K, V)>,
{
    up.stage(KeyRm)
}

struct KeyRm;

impl<K, V> Stage<(K, V)> for KeyRm {
    type Out = V;

    #[inline(always)]
    fn run<P: Push<V>>(&mut self, (_key, value): (K, V), next: &mut Down<'_, V, P>) {
        next.push(value);
    }
}
