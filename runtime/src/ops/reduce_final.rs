//! `reduce_final`: values combined, out at the end of the input.

use crate::base::data::KeyedData;
use crate::check::Ends;
use crate::state::{Merging, Reducing};
use crate::state::{Placement, combine_values};
use crate::stream::{Chain, Stream};
use std::rc::Rc;

/// Combines all values of a key with `f`, which must be associative. A single value is passed on unchanged.
///
/// Values are combined where they are made, and once more on the worker that owns the key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow sums(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> reduce_final("sum", |a, b| a + b)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// sums(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, 4), (true, 6)]);
/// ```
pub fn reduce_final<'s, T, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (T::Key, T::Value), B, impl Chain<'s, (T::Key, T::Value)>>
where
    T: KeyedData,
    B: Ends + 'static,
    C: Chain<'s, T>,
    F: Fn(T::Value, T::Value) -> T::Value + 'static,
{
    let f = Rc::new(f);
    combine_values(up, id, Placement::ByKey, Reducing(Rc::clone(&f)), Merging::until_end(Reducing(f)))
}
