//! What a sink is: a writer a worker, which prepares at the end of an epoch and commits after it.

mod batching;
mod end;
mod runner;
mod thread;
mod writing;

pub use crate::base::guarantee::{Fence, Guarantee};
pub use crate::io::Retry;
pub use batching::Batching;
pub(crate) use writing::write_to;

use crate::base::clock::Clock;
use crate::base::error::Fault;
use crate::stream::{Chain, Edges, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something to which a flow writes items of type `T`: `-> output("id", sink)`.
///
/// Every worker makes the sink and opens its own writer, which runs on its own thread with a bounded queue: nothing
/// that it waits for delays the worker. When the queue is full, the flow's sources wait.
///
/// ```
/// use flowstone::error::Fault;
/// use flowstone::prelude::*;
/// use flowstone::sink::{Sink, SinkCx, Writer};
/// use std::fs::{File, OpenOptions};
/// use std::io::Write;
///
/// /// Appends lines to a file, at least once.
/// struct Append(&'static str);
///
/// impl Sink<String> for Append {
///     type Writer = Log;
///
///     fn open(&self, _cx: &SinkCx) -> Result<Log, Fault> {
///         Ok(Log(OpenOptions::new().create(true).append(true).open(self.0)?))
///     }
/// }
///
/// struct Log(File);
///
/// impl Writer<String> for Log {
///     type Prepared = ();
///
///     fn write_batch(&mut self, lines: &mut Vec<String>) -> Result<(), Fault> {
///         let block: String = lines.iter().map(|line| format!("{line}\n")).collect();
///         self.0.write_all(block.as_bytes())?;
///         lines.clear();
///         Ok(())
///     }
///
///     fn prepare(&mut self, _epoch: u64) -> Result<(), Fault> {
///         Ok(self.0.sync_data()?)
///     }
///
///     fn commit(&mut self, _prepared: ()) -> Result<(), Fault> {
///         Ok(())
///     }
/// }
///
/// dataflow! {
///     flow copy(log: &'static str) {
///         input("lines", iter(["to be".to_owned()])) -> output("log", Append(log));
///     }
/// }
/// # let dir = std::env::temp_dir().join(format!("flowstone-append-{}", std::process::id()));
/// # let log: &'static str = dir.display().to_string().leak();
/// copy(log).run(&Config::default()).unwrap();
/// # assert_eq!(std::fs::read_to_string(log).unwrap(), "to be\n");
/// # std::fs::remove_file(log).unwrap();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take items of type `{T}`",
    label = "this sink takes other items",
    note = "turn the items into what it takes: `-> map(\"id\", |item| …)` before the output"
)]
pub trait Sink<T>: Sized {
    /// Writes one worker's items.
    type Writer: Writer<T> + Send + 'static;
    /// What holds, in a flow with recovery, for an item that reaches it: [`Guarantee::AtLeastOnce`] unless the sink knows
    /// better.
    const GUARANTEE: Guarantee = Guarantee::AtLeastOnce;
    /// True where the writer runs on the worker itself: for one that never waits, or whose output is to be in order with what
    /// steps print. Transient faults are then retried without a pause.
    const ON_WORKER: bool = false;

    /// How many items the writer gets at once: each batch as it arrives, by default.
    fn batching(&self) -> Option<Batching> {
        None
    }

    /// How often a transient fault is retried, and after which pauses.
    fn retry(&self) -> Retry {
        Retry::new()
    }

    /// Opens the writer of one worker.
    ///
    /// # Errors
    /// If the outside world refuses: a directory that cannot be created. A [transient](Fault::transient) fault is retried.
    fn open(&self, cx: &SinkCx) -> Result<Self::Writer, Fault>;

    /// Sends items to the workers that write them. By default they are written where they are;
    /// [`by_key`](crate::sinks::by_key) sends them to the worker that owns their key.
    fn place<'s, B: 'static, C: Chain<'s, T>>(&self, up: Stream<'s, T, B, C>) -> Stream<'s, T, B, Edges<'s, T>>
    where
        T: 'static,
    {
        up.into_edges()
    }
}

/// Writes one worker's items.
///
/// # The order of calls
/// Calls come in this order: batches of one epoch, `prepare` of that epoch, batches of the next
/// epoch; after the last one `close`. What was prepared is committed, epoch by epoch: at once in a flow without recovery, else
/// when the epoch's snapshot is committed, while later epochs are being written. All calls come from one thread.
///
/// # Transient faults
/// A call that fails with a [transient](Fault::transient) fault is made again after a [pause](Retry), until it succeeds, fails
/// for another reason, or has failed for too long. Meanwhile the queue fills and the sources wait; no item is lost.
///
/// # Calls that come late
/// Any call may be held up for as long as anybody likes: the process is suspended, a disk does not answer. Meanwhile another
/// execution can have taken the flow over, committed the same and later epochs, and ended. A sink is exactly-once only if
/// whatever `commit`, `recover`, `close` and dropping the writer do to what readers see is harmless even then, at each point
/// at which it can be held up: it may do again what the newer execution has done, to the same effect, or find that there is
/// nothing to do, or be refused. [`Fence`] says which execution is the newer one, and has the rules that our own sinks follow.
pub trait Writer<T> {
    /// What a commit needs, enough for another process to finish it: the names of files written aside, say.
    type Prepared: Serialize + DeserializeOwned + Send + 'static;

    /// Takes all of `items`, which are of the epoch now open, and leaves the vector empty.
    ///
    /// # Errors
    /// Where writing fails. After a transient fault the call is made again with what it has left in `items`: take out only
    /// what is written. After any other the flow stops and nothing of this epoch is committed.
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
    /// round to: drop what earlier executions prepared later, or never prepared at all, and keep what is in place. Anything
    /// of an execution with a higher [`generation`](Fence::generation) is to be left alone.
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

    /// About how many bytes an item takes, for [batches](Batching) and the bound of the queue in front of the writer: its size
    /// without what it points to, by default.
    fn bytes_of(item: &T) -> usize
    where
        Self: Sized,
    {
        size_of_val(item)
    }

    /// What the sink wrote and where, in one line for the user at the end of a run.
    fn summary(&self) -> Option<String> {
        None
    }
}

/// What a sink may know of the worker that opens it.
///
/// The runtime makes one; a test of a sink of your own makes it by [`new`](SinkCx::new).
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// What orders this execution among those of the flow; all zero without recovery.
    pub fence: Fence,
}

impl SinkCx {
    /// For worker `worker` of `workers` in output `step`, on the system's clock, without recovery.
    ///
    /// ```
    /// use flowstone::files::FileSink;
    /// use flowstone::sink::{Sink, SinkCx, Writer};
    ///
    /// # let folder = std::env::temp_dir().join(format!("flowstone-sink-cx-{}", std::process::id()));
    /// let path = folder.join("lines.txt");
    /// let mut writer = Sink::<String>::open(&FileSink::new(&path), &SinkCx::new("out", 0, 1)).unwrap();
    /// writer.write_batch(&mut vec!["to be".to_owned()]).unwrap();
    /// let prepared = Writer::<String>::prepare(&mut writer, 0).unwrap();
    /// Writer::<String>::commit(&mut writer, prepared).unwrap();
    /// assert_eq!(std::fs::read_to_string(&path).unwrap(), "to be\n");
    /// # std::fs::remove_dir_all(folder).unwrap();
    /// ```
    #[must_use]
    pub fn new(step: &'static str, worker: usize, workers: usize) -> SinkCx {
        let clock = Clock::system();
        SinkCx { step, worker, workers, clock, execution: 0, recovery: false, fence: Fence::default() }
    }

    /// Goes by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> SinkCx {
        self.clock = clock;
        self
    }

    /// Another execution's number.
    #[must_use]
    pub fn with_execution(mut self, execution: u64) -> SinkCx {
        self.execution = execution;
        self
    }

    /// Of an execution with recovery.
    #[must_use]
    pub fn with_recovery(mut self, fence: Fence) -> SinkCx {
        self.recovery = true;
        self.fence = fence;
        self
    }
}
