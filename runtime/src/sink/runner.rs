//! What calls a sink's writer, on whichever thread: batches its items, and tries again after faults that may pass.

use super::batching::{Batch, Batching};
use super::{SinkCx, Writer};
use crate::base::clock::Timestamp;
use crate::base::error::Fault;
use crate::io::Retry;
use crate::stream::{Caught, named};
use crate::worker::Shared;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why a writer cannot go on.
pub(super) enum Failure {
    Fault(Fault),
    Panic(Caught),
    /// It has failed before, or the flow has.
    Over,
}

/// What ends pauses early.
#[derive(Default)]
pub(super) struct Interrupt {
    over: Mutex<bool>,
    changed: Condvar,
}

impl Interrupt {
    fn locked(&self) -> MutexGuard<'_, bool> {
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all pauses.
    pub(super) fn set(&self) {
        *self.locked() = true;
        self.changed.notify_all();
    }

    /// Waits; false where it was interrupted.
    fn wait(&self, pause: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.locked(), pause, |over| !*over);
        !*waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Tries again what has failed for a reason that may pass.
pub(super) struct Retrying {
    step: &'static str,
    worker: usize,
    retry: Retry,
    /// False where a test decides what time it is: then it is tried again at once.
    pauses: bool,
    interrupt: Arc<Interrupt>,
    shared: Arc<Shared>,
}

impl Retrying {
    pub(super) fn new(cx: &SinkCx, retry: Retry, pauses: bool, shared: Arc<Shared>) -> Self {
        let interrupt: Arc<Interrupt> = Arc::default();
        let on_abort = Arc::downgrade(&interrupt);
        shared.on_abort(move || {
            if let Some(interrupt) = on_abort.upgrade() {
                interrupt.set();
            }
        });
        Retrying { step: cx.step, worker: cx.worker, retry, pauses, interrupt, shared }
    }

    pub(super) fn interrupt(&self) -> Arc<Interrupt> {
        Arc::clone(&self.interrupt)
    }

    pub(super) fn attempt<R>(&self, mut work: impl FnMut() -> Result<R, Fault>) -> Result<R, Failure> {
        let mut pauses = self.retry.pauses();
        let mut failures = 0;
        loop {
            let fault = match catch_unwind(AssertUnwindSafe(|| named(self.step, &mut work))) {
                Ok(Ok(result)) => {
                    if failures > 0 {
                        eprintln!(
                            "output `{}` on worker {}: continues after {failures} failed attempts",
                            self.step, self.worker
                        );
                    }
                    return Ok(result);
                }
                Ok(Err(fault)) => fault,
                Err(panic) => return Err(Failure::Panic(Caught::of(&*panic))),
            };
            if !fault.is_transient() {
                return Err(Failure::Fault(fault));
            }
            failures += 1;
            let Some(pause) = pauses.next() else { return Err(Failure::Fault(fault.after_tries(failures))) };
            if failures == 1 {
                eprintln!("warning: output `{}` on worker {}: {}; retrying", self.step, self.worker, fault.one_line());
            }
            self.shared.counts.of(self.step).add_retry();
            if self.pauses && !self.interrupt.wait(pause) {
                return Err(Failure::Fault(fault));
            }
        }
    }
}

/// A writer and its calls.
pub(super) struct Runner<T, W> {
    /// Absent once it has failed or closed.
    writer: Option<W>,
    batch: Option<Batch<T>>,
    retrying: Retrying,
}

impl<T, W: Writer<T>> Runner<T, W> {
    pub(super) fn new(writer: W, batching: Option<Batching>, cx: &SinkCx, retrying: Retrying) -> Self {
        let batch = batching.map(|batching| Batch::new(batching, cx.clock.clone()));
        Runner { writer: Some(writer), batch, retrying }
    }

    fn attempt<R>(&mut self, mut work: impl FnMut(&mut W) -> Result<R, Fault>) -> Result<R, Failure> {
        let writer = self.writer.as_mut().ok_or(Failure::Over)?;
        let result = self.retrying.attempt(|| work(writer));
        if result.is_err() {
            self.writer = None;
        }
        result
    }

    /// Writes items of the open epoch, and leaves the vector empty.
    pub(super) fn write(&mut self, items: &mut Vec<T>) -> Result<(), Failure> {
        if self.batch.is_none() {
            return self.attempt(|writer| writer.write_batch(items));
        }
        for item in items.drain(..) {
            let bytes = W::bytes_of(&item);
            if self.batch.as_mut().is_some_and(|batch| batch.add(item, bytes)) {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// When an incomplete batch is to be written at the latest.
    pub(super) fn due(&self) -> Option<Timestamp> {
        self.batch.as_ref().and_then(Batch::due)
    }

    /// Writes the batch, complete or not.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let Some(batch) = &mut self.batch else { return Ok(()) };
        let mut items = std::mem::take(&mut batch.items);
        if !items.is_empty() {
            self.attempt(|writer| writer.write_batch(&mut items))?;
        }
        if let Some(batch) = &mut self.batch {
            items.clear();
            batch.items = items;
        }
        Ok(())
    }

    /// Prepares the epoch; what a commit needs, encoded.
    pub(super) fn prepare(&mut self, epoch: u64) -> Result<Vec<u8>, Failure> {
        self.flush()?;
        let prepared = self.attempt(|writer| writer.prepare(epoch))?;
        rmp_serde::to_vec_named(&prepared).map_err(|error| {
            self.writer = None;
            Failure::Fault(Fault::new("the sink's prepared output cannot be encoded").cause(error))
        })
    }

    /// Commits what was prepared.
    pub(super) fn commit(&mut self, prepared: &[u8]) -> Result<(), Failure> {
        self.attempt(|writer| writer.commit(rmp_serde::from_slice(prepared).map_err(undecodable)?))
    }

    /// Commits what the execution before has left prepared, and drops the rest of what it left.
    pub(super) fn recover(&mut self, left: &[Vec<u8>]) -> Result<(), Failure> {
        left.iter().try_for_each(|prepared| self.commit(prepared))?;
        self.attempt(Writer::recover)
    }

    /// The end: what the writer says of what it wrote.
    pub(super) fn close(&mut self) -> Result<Option<String>, Failure> {
        self.attempt(Writer::close)?;
        Ok(self.writer.take().and_then(|writer| writer.summary()))
    }
}

fn undecodable(error: rmp_serde::decode::Error) -> Fault {
    Fault::new("this build cannot read the sink's prepared output in the snapshot")
        .cause(error)
        .help("run the build that wrote the snapshot again until it ends, then this one")
}
