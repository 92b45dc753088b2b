//! `count_final`: how many values, out at the end of the input.

use crate::base::data::Keyed;
use crate::check::Ends;
use crate::state::{Adding, Counting, Merging};
use crate::state::{Placement, combine_values};
use crate::stream::{Chain, Stream};

/// Counts the values of each key. (Bytewax takes an un-keyed stream and a key function here: write `-> key_on(…)` before it.)
///
/// Values are counted where they are produced; only counts are sent to the worker that owns the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(1..=5))
///             -> key_on("even", |n| n % 2 == 0)
///             -> count_final("count")
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, 3), (true, 2)]);
/// ```
pub fn count_final<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, (T::Key, u64), B, impl Chain<'s, (T::Key, u64)>>
where
    T: Keyed,
    B: Ends + 'static,
    C: Chain<'s, T>,
{
    combine_values(up, id, Placement::ByKey, Counting, Merging::until_end(Adding))
}
