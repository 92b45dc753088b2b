//! [`StdinSource`] and [`ReadSource`]: lines of what can only be read from its beginning, on a thread of its own.

use crate::files::Line;
use crate::files::split::{Broken, Cut, Filled, Splitter};
use flowstone_runtime::bound::Bounded;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx, Waker};
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread;
use std::time::Duration;
use std::vec;

/// The lines of standard input, until it ends.
///
/// Worker 0 reads, on a thread of its own, so that waiting for input holds nothing up. What was read cannot be read again:
/// an execution that goes on where another stopped gets what is still to come.
///
/// ```
/// use flowstone_connectors::stdio::StdinSource;
///
/// let lines = StdinSource::new().lossy();
/// # let _ = lines;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct StdinSource {
    cut: Cut,
}

impl StdinSource {
    /// The lines of standard input.
    #[must_use]
    pub fn new() -> StdinSource {
        StdinSource::default()
    }

    /// Puts the replacement character `U+FFFD` in the place of what is not UTF-8, instead of stopping the flow.
    #[must_use]
    pub fn lossy(mut self) -> StdinSource {
        self.cut.lossy = true;
        self
    }

    /// The longest line there may be, 64 MiB by default: a longer one stops the flow.
    #[must_use]
    pub fn max_line(mut self, bytes: usize) -> StdinSource {
        self.cut.max_line = bytes;
        self
    }
}

impl Source for StdinSource {
    type Item = Line;
    type Bound = Bounded;
    type Reader = ReadReader;
    const REPLAYS: bool = false;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("standard input"))
    }

    fn open(&self, partition: &str, _: Option<u64>, cx: &SourceCx) -> Result<ReadReader, Fault> {
        ReadReader::start(partition, || Ok(io::stdin()), self.cut, cx.waker.clone())
    }
}

/// The lines of anything that implements [`Read`]: a named pipe, the output of another program, a decompressor.
///
/// As [`StdinSource`], it is one partition, read on a thread of its own from the beginning, once.
///
/// ```
/// use flowstone_connectors::stdio::ReadSource;
/// use std::process::{Command, Stdio};
///
/// let log = ReadSource::new("journal", || {
///     let child = Command::new("journalctl").stdout(Stdio::piped()).spawn()?;
///     child.stdout.ok_or_else(|| std::io::Error::other("no output"))
/// });
/// # let _ = log;
/// ```
#[derive(Debug, Clone)]
pub struct ReadSource<F> {
    name: String,
    open: F,
    cut: Cut,
}

impl<F, R> ReadSource<F>
where
    F: Fn() -> io::Result<R> + Clone + Send + 'static,
    R: Read,
{
    /// The lines of what `open` opens on the reading thread; messages call it `name`.
    pub fn new(name: impl Into<String>, open: F) -> ReadSource<F> {
        ReadSource { name: name.into(), open, cut: Cut::default() }
    }

    /// Puts the replacement character `U+FFFD` in the place of what is not UTF-8, instead of stopping the flow.
    #[must_use]
    pub fn lossy(mut self) -> ReadSource<F> {
        self.cut.lossy = true;
        self
    }

    /// The longest line there may be, 64 MiB by default: a longer one stops the flow.
    #[must_use]
    pub fn max_line(mut self, bytes: usize) -> ReadSource<F> {
        self.cut.max_line = bytes;
        self
    }
}

impl<F, R> Source for ReadSource<F>
where
    F: Fn() -> io::Result<R> + Clone + Send + 'static,
    R: Read,
{
    type Item = Line;
    type Bound = Bounded;
    type Reader = ReadReader;
    const REPLAYS: bool = false;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one(&self.name))
    }

    fn open(&self, partition: &str, _: Option<u64>, cx: &SourceCx) -> Result<ReadReader, Fault> {
        ReadReader::start(partition, self.open.clone(), self.cut, cx.waker.clone())
    }
}

/// Hands on the lines that a thread reads.
pub struct ReadReader {
    lines: vec::IntoIter<Line>,
    /// Bytes that were read up to the end of `lines`.
    read: u64,
    incoming: Receiver<Result<Batch, Fault>>,
    name: String,
}

/// Lines that were read together; none at the end.
struct Batch {
    lines: Vec<Line>,
    read: u64,
}

/// How many batches may wait for the worker.
const BATCHES: usize = 8;
/// How many lines a batch has at the most.
const LINES: usize = 1 << 14;

impl ReadReader {
    fn start<R: Read>(
        name: &str,
        open: impl FnOnce() -> io::Result<R> + Send + 'static,
        cut: Cut,
        waker: Waker,
    ) -> Result<ReadReader, Fault> {
        let (send, incoming) = sync_channel(BATCHES);
        let partition = name.to_owned();
        let feed = Feed { send, done: Done(waker) };
        let read = move || {
            // All of it, and not its fields one by one: their order counts.
            let feed = feed;
            match open() {
                Ok(input) => read_all(input, cut, &partition, &feed),
                Err(error) => feed.send(Err(crate::files::fault::io("cannot open", &partition, error))),
            };
        };
        thread::Builder::new()
            .name(format!("reads {name}"))
            .spawn(read)
            .map_err(|error| Fault::new("cannot start a thread to read").partition(name).cause(error))?;
        Ok(ReadReader { lines: Vec::new().into_iter(), read: 0, incoming, name: name.to_owned() })
    }
}

/// The thread's end of the channel. When the thread ends, in whatever way, the channel closes first, and then the worker is
/// woken to see it.
struct Feed {
    send: SyncSender<Result<Batch, Fault>>,
    done: Done,
}

struct Done(Waker);

impl Drop for Done {
    fn drop(&mut self) {
        self.0.wake();
    }
}

impl Feed {
    /// Hands a batch over, and says whether the worker is still there.
    fn send(&self, batch: Result<Batch, Fault>) -> bool {
        let sent = self.send.send(batch).is_ok();
        self.done.0.wake();
        sent
    }
}

fn read_all(mut input: impl Read, cut: Cut, name: &str, feed: &Feed) -> bool {
    // A pipe gives at most 64 KiB at once.
    let mut splitter = Splitter::<Line>::new(0, None, Cut { block: 64 << 10, ..cut });
    loop {
        let batch = match splitter.fill(&mut input) {
            Ok(Filled::Lines) => loop {
                let mut lines = Vec::new();
                if splitter.emit(LINES, &mut |line| lines.push(line)) == 0 {
                    break None;
                }
                if !feed.send(Ok(Batch { lines, read: splitter.position() })) {
                    return false;
                }
            },
            Ok(Filled::Dry | Filled::End) => Some(Ok(Batch { lines: Vec::new(), read: splitter.position() })),
            // Nobody asks this reader again after a fault, so it waits here for one to pass.
            Err(Broken::Io { error, .. }) if error.kind() == io::ErrorKind::WouldBlock => {
                thread::park_timeout(Duration::from_millis(10));
                None
            }
            Err(broken) => Some(Err(broken.fault(name))),
        };
        if let Some(last) = batch {
            return feed.send(last);
        }
    }
}

impl Reader for ReadReader {
    type Item = Line;
    type Position = u64;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(Line)) -> Result<Next, Fault> {
        for _ in 0..budget {
            let line = match self.lines.next() {
                Some(line) => line,
                None => match self.incoming.try_recv() {
                    Ok(batch) => {
                        let batch = batch?;
                        self.read = batch.read;
                        if batch.lines.is_empty() {
                            return Ok(Next::End);
                        }
                        self.lines = batch.lines.into_iter();
                        continue;
                    }
                    Err(TryRecvError::Empty) => return Ok(Next::Wake),
                    Err(TryRecvError::Disconnected) => {
                        return Err(Fault::new("the thread that reads has panicked").partition(&self.name));
                    }
                },
            };
            emit(line);
        }
        Ok(Next::More)
    }

    /// The bytes that were read; nobody can go back to them.
    fn position(&self) -> u64 {
        self.read
    }
}
