//! `key_rm`: out of a keyed stream.

use crate::data::IsKeyed;
use crate::stream::{Chain, Down, Push, Stage, Stream};
use std::marker::PhantomData;

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
pub fn key_rm<'s, T, K, V, B, C>(up: Stream<'s, T, B, C>, _id: &'static str) -> Stream<'s, V, B, impl Chain<'s, V>>
where
    T: IsKeyed<K, V> + 'static,
    K: 'static,
    V: 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    up.stage(KeyRm(PhantomData::<(K, V)>))
}

struct KeyRm<K>(PhantomData<K>);

impl<K, V, T: IsKeyed<K, V>> Stage<T> for KeyRm<(K, V)> {
    type Out = V;

    #[inline(always)]
    fn run<P: Push<V>>(&mut self, item: T, next: &mut Down<'_, V, P>) {
        next.push(item.into_pair().1);
    }
}
