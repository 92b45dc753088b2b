//! A writer on its own thread, with a bounded queue.

use super::Writer;
use super::runner::{Failure, Interrupt, Runner};
use crate::base::clock::{Clock, Timestamp};
use crate::stream::watch;
use std::collections::VecDeque;
use std::io;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

/// What a writer is to do besides writing.
pub(super) enum Call {
    /// Prepare an epoch, and commit it where no snapshot has to come first.
    Prepare {
        epoch: u64,
        commit: bool,
    },
    /// Commit what was prepared of an epoch.
    Commit {
        epoch: u64,
        prepared: Vec<u8>,
    },
    Close,
}

/// What a writer has done.
pub(super) enum Reply {
    Prepared {
        epoch: u64,
        prepared: Vec<u8>,
    },
    Committed(u64),
    /// With what the writer says of what it wrote.
    Closed(Option<String>),
    Failed(Failure),
}

impl Call {
    pub(super) fn run<T, W: Writer<T>>(self, runner: &mut Runner<T, W>) -> Reply {
        let done = match self {
            Call::Prepare { epoch, commit: false } => {
                runner.prepare(epoch).map(|prepared| Reply::Prepared { epoch, prepared })
            }
            Call::Prepare { epoch, commit: true } => {
                runner.prepare(epoch).and_then(|prepared| runner.commit(&prepared)).map(|()| Reply::Committed(epoch))
            }
            Call::Commit { epoch, prepared } => runner.commit(&prepared).map(|()| Reply::Committed(epoch)),
            Call::Close => runner.close().map(Reply::Closed),
        };
        done.unwrap_or_else(Reply::Failed)
    }
}

/// How long a flow that fails waits for a call that its writer is in.
const DROP_TIMEOUT: Duration = Duration::from_secs(5);

enum Task<T> {
    Write { items: Vec<T>, size: Size },
    Call(Call),
}

#[derive(Clone, Copy, Default)]
struct Size {
    batches: usize,
    rows: usize,
    bytes: usize,
}

/// How much may wait, unless one batch is larger.
const MOST: Size = Size { batches: 32, rows: 16_384, bytes: 16 << 20 };

impl Size {
    fn fits(self, most: Size) -> bool {
        self.batches <= most.batches && self.rows <= most.rows && self.bytes <= most.bytes
    }

    fn plus(self, other: Size) -> Size {
        Size {
            batches: self.batches + other.batches,
            rows: self.rows + other.rows,
            bytes: self.bytes.saturating_add(other.bytes),
        }
    }
}

struct State<T> {
    tasks: VecDeque<Task<T>>,
    /// What waits, and what is being written.
    waiting: Size,
    /// Vectors that have been written and can be filled again.
    empty: Vec<Vec<T>>,
    replies: Vec<Reply>,
    /// True where the worker has found the queue full and waits for room.
    full: bool,
    /// True where the writer is to be dropped.
    over: bool,
    /// True once the thread has dropped the writer.
    disconnected: bool,
}

struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

impl<T> Queue<T> {
    fn locked(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's side of a writer's thread.
pub(super) struct WriterThread<T> {
    queue: Arc<Queue<T>>,
    interrupt: Arc<Interrupt>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> WriterThread<T> {
    /// Starts the thread; `wake` activates the worker.
    pub(super) fn start<W>(
        name: &str,
        runner: Runner<T, W>,
        interrupt: Arc<Interrupt>,
        clock: Clock,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self>
    where
        W: Writer<T> + Send + 'static,
    {
        let state = State {
            tasks: VecDeque::new(),
            waiting: Size::default(),
            empty: Vec::new(),
            replies: Vec::new(),
            full: false,
            over: false,
            disconnected: false,
        };
        let queue = Arc::new(Queue { state: Mutex::new(state), changed: Condvar::new() });
        let reader = Arc::clone(&queue);
        let thread = Builder::new().name(format!("sink {name}")).spawn(move || {
            watch(|| run(&reader, runner, &clock, &wake));
            reader.locked().disconnected = true;
            reader.changed.notify_all();
            wake();
        })?;
        Ok(WriterThread { queue, interrupt, thread: Some(thread) })
    }

    /// Queues items: `Ok` with an emptied vector, if one has been returned; `Err` with the items if the queue is full.
    pub(super) fn write(&self, items: Vec<T>, bytes: usize) -> Result<Option<Vec<T>>, Vec<T>> {
        let mut state = self.queue.locked();
        let size = Size { batches: 1, rows: items.len(), bytes };
        if state.waiting.batches > 0 && !state.waiting.plus(size).fits(MOST) {
            state.full = true;
            return Err(items);
        }
        state.waiting = state.waiting.plus(size);
        state.tasks.push_back(Task::Write { items, size });
        let empty = state.empty.pop();
        let only = state.tasks.len() == 1;
        drop(state);
        if only {
            self.queue.changed.notify_all();
        }
        Ok(empty)
    }

    /// Queues another call, after all that was queued before.
    pub(super) fn call(&self, call: Call) {
        self.queue.locked().tasks.push_back(Task::Call(call));
        self.queue.changed.notify_all();
    }

    /// True where there is room again after [`write`](WriterThread::write) has found none.
    pub(super) fn has_room(&self) -> bool {
        !self.queue.locked().full
    }

    /// The replies since the last call.
    pub(super) fn replies(&self) -> Vec<Reply> {
        mem::take(&mut self.queue.locked().replies)
    }
}

impl<T> Drop for WriterThread<T> {
    /// Ends the thread. A writer that has not closed is dropped, after the call that it is in; where that takes too long, the
    /// thread is left to itself.
    fn drop(&mut self) {
        self.interrupt.set();
        let mut state = self.queue.locked();
        state.over = true;
        self.queue.changed.notify_all();
        let waited = self.queue.changed.wait_timeout_while(state, DROP_TIMEOUT, |state| !state.disconnected);
        let disconnected = waited.unwrap_or_else(PoisonError::into_inner).0.disconnected;
        if let Some(thread) = self.thread.take().filter(|_| disconnected) {
            // Whatever it did is caught inside.
            let _ = thread.join();
        }
    }
}

/// Does what it is asked for until the writer has closed or failed.
fn run<T, W: Writer<T>>(queue: &Queue<T>, mut runner: Runner<T, W>, clock: &Clock, wake: &impl Fn()) {
    loop {
        let Some(task) = next(queue, runner.due(), clock) else { break };
        let reply = match task {
            Next::Flush => runner.flush().err().map(Reply::Failed),
            Next::Task(Task::Write { mut items, size }) => match runner.write(&mut items) {
                Ok(()) => {
                    written(queue, items, size, wake);
                    None
                }
                Err(failure) => Some(Reply::Failed(failure)),
            },
            Next::Task(Task::Call(call)) => Some(call.run(&mut runner)),
        };
        let Some(reply) = reply else { continue };
        let last = matches!(reply, Reply::Closed(_) | Reply::Failed(_));
        queue.locked().replies.push(reply);
        wake();
        if last {
            break;
        }
    }
    // A writer that panics as it is dropped has said so by its last call, or nobody is left to hear it.
    let _ = catch_unwind(AssertUnwindSafe(move || drop(runner)));
}

enum Next<T> {
    Task(Task<T>),
    /// A batch is due.
    Flush,
}

/// Waits for what there is to do; `None` where the writer is to be dropped.
fn next<T>(queue: &Queue<T>, due: Option<Timestamp>, clock: &Clock) -> Option<Next<T>> {
    let mut state = queue.locked();
    loop {
        if state.over {
            return None;
        }
        if due.is_some_and(|due| due <= clock.now()) {
            return Some(Next::Flush);
        }
        if let Some(task) = state.tasks.pop_front() {
            return Some(Next::Task(task));
        }
        state = match due {
            None => queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            Some(due) => {
                let left = due.since(clock.now()).max(Duration::from_micros(1));
                queue.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
            }
        };
    }
}

/// Gives an empty vector back, and activates the worker where it waits for room and half of it is free.
fn written<T>(queue: &Queue<T>, items: Vec<T>, size: Size, wake: &impl Fn()) {
    let mut state = queue.locked();
    let before = state.waiting;
    state.waiting = Size {
        batches: before.batches - size.batches,
        rows: before.rows - size.rows,
        bytes: before.bytes.saturating_sub(size.bytes),
    };
    if state.empty.len() < MOST.batches {
        state.empty.push(items);
    }
    let half = Size { batches: MOST.batches / 2, rows: MOST.rows / 2, bytes: MOST.bytes / 2 };
    if state.waiting.fits(half) && mem::take(&mut state.full) {
        drop(state);
        wake();
    }
}
