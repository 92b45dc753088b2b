//! `input`: the head of a chain.

use crate::base::witness::{If, Witness};
use crate::check::IsSource;
use crate::source::Reading;
use crate::stream::{Chain, Cx, Op, Stream};

/// Reads a source: the head of a chain.
///
/// Each worker opens its own partitions. The following steps run in the reading loop itself, up to the next
/// exchange or stateful step.
///
/// # Errors
/// A source that fails stops the flow with an error that names this step, the partition, the position and the cause;
/// a transient fault is retried first, with growing pauses.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(out: TestSink<u64>) {
///         input("numbers", iter(1..=3)) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// numbers(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 2, 3]);
/// ```
pub fn input<'s, S: IsSource<T, B, W> + 'static, T: 'static, B: 'static, W: Witness>(
    cx: &Cx<'s>,
    id: &'static str,
    source: S,
) -> Stream<'s, T, If<W, B>, If<W, impl Chain<'s, T> + use<'s, S, T, B, W>>> {
    Stream::<T, B, _>::new(cx.clone(), Op::new(id), Reading::new(cx.worker.ids.of(id), source)).known::<W, _, _>()
}
