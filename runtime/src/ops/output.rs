//! `output`: the end of a chain.

use crate::check::{CanBeWritten, IsSink};
use crate::sink::write_to;
use crate::stream::{Chain, Stream};

/// Writes a stream to a sink: the end of a chain.
///
/// Each worker writes its items on a separate thread, so that nothing waits for the sink until its queue is full: then the
/// flow's sources wait. At the end of each epoch the sink prepares; it commits what it prepared when the epoch's snapshot is
/// committed, or at once in a flow without recovery.
///
/// # Errors
/// A transient fault is retried as [`Sink::retry`](crate::sink::Sink::retry) says. Otherwise
/// a sink that fails stops the flow with an error that names this step and the cause; what it had not committed is
/// dropped.
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
pub fn output<'s, T: CanBeWritten<V>, B, C, S: IsSink<T, W>, W, V>(up: Stream<'s, T, B, C>, id: &'static str, sink: S)
where
    B: 'static,
    C: Chain<'s, T>,
{
    write_to(up, id, &sink);
}
