//! `input`: the head of a chain, aligned by event time or not.

use crate::base::witness::{If, Witness};
use crate::check::IsSource;
use crate::source::{AlignedBy, Reading};
use crate::stream::{Chain, Cx, Op, Stream, named};
use crate::windows::GivesTime;
use std::time::Duration;

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

/// Reads a source whose partitions are aligned by event time. In a flow: `input("id", source, align = 10s, at = |item| …)`.
///
/// A partition that is ahead of the slowest one of all workers by more than `align` waits for it, so that records which are read
/// at different speeds are not late and what is ahead does not pile up in windows. How far a partition is, is what the whole flow
/// has processed of it. One that has ended, has nothing to read or whose turn has not come holds no other back; one partition
/// alone is never held. With clocks whose `wait` is at least `align` and the disorder within a partition, nothing of what is read
/// is late for being read at another speed.
///
/// (The idea is the watermark alignment of Flink, which holds back whole batches; this one is exact to the item.)
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(out: TestSink<i64>) {
///         input("numbers", iter(1..=3i64), align = 10s, at = |n| Timestamp(n * 1_000_000)) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// numbers(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 2, 3]);
/// ```
pub fn input_aligned<'s, S, T, B, W, M, F, V>(
    cx: &Cx<'s>,
    id: &'static str,
    source: S,
    align: Duration,
    at: F,
) -> Stream<'s, T, If<W, B>, If<W, impl Chain<'s, T> + use<'s, S, T, B, W, M, F, V>>>
where
    S: IsSource<T, B, W> + 'static,
    T: 'static,
    B: 'static,
    W: Witness,
    M: GivesTime<V> + 'static,
    F: Fn(&T) -> M + 'static,
    V: Witness,
{
    let alignment = AlignedBy::new(align, move |item: &T| named(id, || at(item).time()));
    let reading = Reading::aligned(cx.worker.ids.of(id), source, alignment);
    Stream::<T, B, _>::new(cx.clone(), Op::new(id), reading).known::<W, _, _>()
}
