//! What a sink is: a writer a worker, which prepares at the end of an epoch and commits after it.

use crate::clock::Clock;
use crate::error::Fault;
use crate::stream::{Chain, Edges, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something a flow writes items of type `T` to: `-> output("id", sink)`.
///
/// Every worker makes the sink and opens a writer of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take items of type `{T}`",
    label = "this sink takes other items",
    note = "turn the items into what it takes: `-> map(\"id\", |item| …)` before the output"
)]
pub trait Sink<T>: Sized {
    /// Writes what one worker got.
    type Writer: Writer<T> + 'static;
    /// What holds, in a flow with recovery, for an item that reaches it: [`Guarantee::AtLeastOnce`] unless the sink knows
    /// better.
    const GUARANTEE: Guarantee = Guarantee::AtLeastOnce;

    /// Opens the writer of one worker.
    ///
    /// # Errors
    /// Where the outside world refuses: a directory that cannot be made.
    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault>;

    /// Brings items to the workers that are to write them. They are written where they are, unless a sink says otherwise;
    /// [`by_key`](crate::sinks::by_key) brings them to the worker that owns their key.
    fn place<'s, B: 'static, C: Chain<'s, T>>(&self, up: Stream<'s, T, B, C>) -> Stream<'s, T, B, Edges<'s, T>>
    where
        T: 'static,
    {
        up.into_edges()
    }
}

/// How often an item is put out when executions are stopped, at any moment, and started again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guarantee {
    /// Once or more often: what came since the last commit is put out again.
    AtLeastOnce,
    /// Once.
    ExactlyOnce,
}

/// Writes what one worker got. Calls come in this order: batches of one epoch, `prepare` of that epoch, batches of the next
/// epoch; after the last one `close`. What was prepared is committed, epoch by epoch: at once in a flow without recovery, else
/// when the epoch's snapshot is committed, while later epochs are being written.
pub trait Writer<T> {
    /// What a commit needs, enough for another process to finish it: the names of files written aside, say.
    type Prepared: Serialize + DeserializeOwned + Send + 'static;

    /// Takes all of `items`, which are of the epoch now open, and leaves the vector empty.
    ///
    /// # Errors
    /// Where writing fails. The flow stops and nothing of this epoch is committed.
    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault>;

    /// Ends `epoch`: whatever came in it is durable after this, but no reader sees it yet.
    ///
    /// # Errors
    /// Where that cannot be done.
    fn prepare(&mut self, epoch: u64) -> Result<Self::Prepared, Fault>;

    /// Puts in place what `prepare` left aside. It may be called again for what is already in place.
    ///
    /// # Errors
    /// Where that cannot be done.
    fn commit(&mut self, prepared: Self::Prepared) -> Result<(), Fault>;

    /// Called at the start of a flow that goes on from an earlier execution, after `commit` of what that one may not have got
    /// round to: drop what was prepared later, or never prepared at all, and keep what is in place.
    ///
    /// # Errors
    /// Where that cannot be done.
    fn recover(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// The end: all epochs are committed.
    ///
    /// # Errors
    /// Where the last words fail.
    fn close(&mut self) -> Result<(), Fault> {
        Ok(())
    }

    /// What the sink wrote and where, in one line for the user at the end of a run.
    fn summary(&self) -> Option<String> {
        None
    }
}

/// What a sink may know of the worker that opens it.
#[derive(Clone, Debug)]
pub struct SinkCx {
    /// The output's id.
    pub step: &'static str,
    /// The worker's number, from 0, over all processes.
    pub worker: usize,
    /// The number of workers, over all processes.
    pub workers: usize,
    /// The clock that the flow goes by.
    pub clock: Clock,
    /// A number that differs from one execution to the next, for names of files.
    pub execution: u64,
    /// True where the flow has recovery: what is prepared may be committed by the next execution.
    pub recovery: bool,
}
