//! `max_final`: the greatest value, out at the end of the input.

use crate::base::data::KeyedOrd;
use crate::check::Ends;
use crate::stream::{Chain, Stream};

/// The greatest value of each key.
///
/// Values are combined where they are produced, and again on the worker that owns the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow greatest(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> max_final("greatest")
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// greatest(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, 3), (true, 4)]);
/// ```
pub fn max_final<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, (T::Key, T::Value), B, impl Chain<'s, (T::Key, T::Value)>>
where
    T: KeyedOrd,
    B: Ends + 'static,
    C: Chain<'s, T>,
{
    super::reduce_final(up, id, |a: T::Value, b: T::Value| a.max(b))
}
