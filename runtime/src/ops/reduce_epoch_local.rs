//! `reduce_epoch_local`: what one epoch brought, combined on each worker.

use crate::base::data::KeyedData;
use crate::state::{Merging, Reducing};
use crate::state::{Placement, combine_values};
use crate::stream::{Chain, Stream};
use std::rc::Rc;

/// Combines the values of one epoch on one worker with `f`, which must be associative, and emits the result at its
/// end. Nothing is sent to another worker, so each may emit a value of the same key.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow sums(out: TestSink<(bool, u64)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> reduce_epoch_local("sum", |a, b| a + b)
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// sums(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [(false, 4), (true, 6)]); // all in one epoch
/// ```
pub fn reduce_epoch_local<'s, T, B, C, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, (T::Key, T::Value), B, impl Chain<'s, (T::Key, T::Value)>>
where
    T: KeyedData,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(T::Value, T::Value) -> T::Value + 'static,
{
    let f = Rc::new(f);
    combine_values(up, id, Placement::Local, Reducing(Rc::clone(&f)), Merging::until_epoch_end(Reducing(f)))
}
