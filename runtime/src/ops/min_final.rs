//! `min_final`: the least value, out at the end of the input.

use crate::bound::Ends;
use crate::data::{Data, IsKeyed, Key};
use crate::stream::{Chain, Stream};

/// The least value of each key.
///
/// Values are combined where they are made, and once more on the worker that owns the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow least(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> min_final("least")
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// least(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, 1), (true, 2)]);
/// ```
pub fn min_final<'s, T, K, V, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, (K, V), B, impl Chain<'s, (K, V)>>
where
    T: IsKeyed<K, V> + 'static,
    K: Key,
    V: Data,
    B: Ends + 'static,
    C: Chain<'s, T>,
    V: Ord,
{
    super::reduce_final(up, id, |a: V, b: V| a.min(b))
}
