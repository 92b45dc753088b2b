//! What a source is: partitions, each read from a position by one worker.

mod align;
mod holding;
mod partition;
mod positions;
mod reading;

pub use crate::base::progress::Progress;
pub(crate) use align::AlignedBy;
pub(crate) use reading::Reading;

use crate::base::bound::Boundedness;
use crate::base::clock::{Clock, Timestamp};
use crate::base::error::Fault;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Something a flow reads from: `input("id", source)`.
///
/// Every worker makes the source, lists its partitions, and opens those that are its own. A partition that is listed
/// `on_every_worker` exists once a worker; any other is owned by one of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a source",
    label = "`input` needs a source here",
    note = "for a collection or an iterator, write `iter(…)` around it"
)]
pub trait Source: Sized {
    /// What it yields.
    type Item: 'static;
    /// [`Bounded`](crate::bound::Bounded) where the source ends by itself.
    type Bound: Boundedness;
    /// Reads one partition.
    type Reader: Reader<Item = Self::Item> + 'static;
    /// True where `open` at a position gives what came behind it once more: without that, what was read and not committed
    /// when an execution stopped is lost, with recovery too.
    const REPLAYS: bool = true;

    /// The partitions, the same list on every worker, in an order that stays the same.
    ///
    /// # Errors
    /// Where the outside world cannot be asked: a directory that cannot be read.
    fn partitions(&self) -> Result<Partitions, Fault>;

    /// Opens `partition` at `position`, or at its start.
    ///
    /// # Errors
    /// Where it cannot be opened: a file that is not there.
    fn open(
        &self,
        partition: &str,
        position: Option<<Self::Reader as Reader>::Position>,
        cx: &SourceCx,
    ) -> Result<Self::Reader, Fault>;
}

/// The partitions of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Partitions {
    /// Shared out over all workers, each owned by one.
    Shared(Vec<String>),
    /// One partition on every worker, named by the worker's number.
    EveryWorker,
}

impl Partitions {
    /// A source of one partition, which worker 0 owns.
    #[must_use]
    pub fn one(name: impl Into<String>) -> Partitions {
        Partitions::Shared(vec![name.into()])
    }
}

/// Reads one partition.
pub trait Reader {
    /// What it yields.
    type Item;
    /// Where it stands: enough to go on from there in another process.
    type Position: Serialize + DeserializeOwned + Clone + Send + 'static;

    /// Hands some items to `emit`, about `budget` of them at the most, and says when to come back.
    ///
    /// `emit` runs the steps after the source, up to the next exchange or stateful step: there is no buffer between.
    /// It must return soon, without waiting for the outside world: a source that waits says [`Next::At`], or has a
    /// thread of its own and says [`Next::Wake`].
    ///
    /// # Errors
    /// Where reading fails. A [transient](Fault::transient) fault is tried again with growing pauses.
    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(Self::Item)) -> Result<Next, Fault>;

    /// The position after the items handed out so far.
    fn position(&self) -> Self::Position;

    /// An epoch is committed at whose end the reader stood at `position`: every item before it has taken effect, and no later
    /// execution reads it again. For offsets that others watch, and for queues that need an acknowledgement.
    ///
    /// It is called on the worker, between two batches, and must return soon. Of several epochs that are committed at once
    /// only the newest position is passed; one that was passed before may come again. At a clean end, and where the flow is
    /// stopped, the last call comes before the reader is dropped: so a reader that has said [`Next::End`] lives on until its
    /// last position is committed, and should release what it does not need for that. Where the flow fails there is no such
    /// call. A process can die between a commit and the call: the position that an execution [opens](Source::open) a partition
    /// at is committed too.
    ///
    /// Without recovery nothing is committed. It is called then once the epoch is done with everywhere: every step and every
    /// sink, on all workers, has processed what was read before `position`.
    ///
    /// ```
    /// use flowstone::error::Fault;
    /// use flowstone::source::{Next, Reader};
    ///
    /// struct Messages {
    ///     unread: std::vec::IntoIter<String>,
    ///     read: u64,
    ///     acknowledged: u64,
    /// }
    ///
    /// impl Reader for Messages {
    ///     type Item = String;
    ///     type Position = u64;
    ///
    ///     fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(String)) -> Result<Next, Fault> {
    ///         for message in self.unread.by_ref().take(budget) {
    ///             self.read += 1;
    ///             emit(message);
    ///         }
    ///         Ok(if self.unread.len() == 0 { Next::End } else { Next::More })
    ///     }
    ///
    ///     fn position(&self) -> u64 {
    ///         self.read
    ///     }
    ///
    ///     fn committed(&mut self, position: u64) {
    ///         self.acknowledged = position; // a queue would be sent this number
    ///     }
    /// }
    /// ```
    fn committed(&mut self, position: Self::Position) {
        let _ = position;
    }

    /// How far it has come, for the progress bar.
    fn progress(&self) -> Option<Progress> {
        None
    }
}

/// When a reader wants to be asked again.
///
/// A batch that gives nothing and says `At` or `Wake` reports that the partition has nothing to read. As long as all partitions
/// of all sources do, the flow is idle, and the watermarks of [`event_time`](crate::windows::event_time()) advance with time.
/// Whatever else a batch does is no such report: one that gives something and wants to be asked later may have more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// At once: there may be more.
    More,
    /// Not before this moment.
    At(Timestamp),
    /// When its [`Waker`] is called.
    Wake,
    /// When its [`Waker`] is called, as with [`Wake`](Next::Wake); but there is more, which it cannot give yet: a block that is
    /// being fetched, a file whose turn has not come.
    Pending,
    /// Never: the partition has been read.
    End,
}

/// What a source may know of the worker that opens it.
///
/// The runtime makes one; a test of a source of your own makes it by [`new`](SourceCx::new).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SourceCx {
    /// The worker's number, from 0, over all processes.
    pub worker: usize,
    /// The number of workers, over all processes.
    pub workers: usize,
    /// The clock that the flow goes by.
    pub clock: Clock,
    /// Wakes the worker, from any thread.
    pub waker: Waker,
}

impl SourceCx {
    /// For worker `worker` of `workers`, on the system's clock, with a waker that does nothing.
    ///
    /// ```
    /// use flowstone::clock::{Clock, Timestamp};
    /// use flowstone::prelude::*;
    /// use flowstone::source::{Reader, Source, SourceCx};
    ///
    /// let cx = SourceCx::new(0, 1).with_clock(Clock::manual(Timestamp(0)));
    /// let mut reader = iter([1, 2, 3]).open("iter", None, &cx).unwrap();
    /// let mut items = Vec::new();
    /// reader.next_batch(2, &mut |item| items.push(item)).unwrap();
    /// assert_eq!(items, [1, 2]);
    /// ```
    #[must_use]
    pub fn new(worker: usize, workers: usize) -> SourceCx {
        SourceCx { worker, workers, clock: Clock::system(), waker: Waker::new(|| ()) }
    }

    /// Goes by another clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> SourceCx {
        self.clock = clock;
        self
    }

    /// Wakes by `waker`.
    #[must_use]
    pub fn with_waker(mut self, waker: Waker) -> SourceCx {
        self.waker = waker;
        self
    }
}

/// Wakes the worker that owns a reader, so that it is asked again. Any thread may call it.
#[derive(Clone)]
pub struct Waker(Arc<dyn Fn() + Send + Sync>);

impl Waker {
    /// A waker that calls `wake`.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Waker {
        Waker(Arc::new(wake))
    }

    /// Wakes the worker.
    pub fn wake(&self) {
        (self.0)();
    }
}

impl std::fmt::Debug for Waker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waker")
    }
}
