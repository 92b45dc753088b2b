//! The writer of one output on one worker, as the worker sees it: what it is asked for, and what has come of it.

use super::runner::{Failure, Interrupt, Retrying, Runner};
use super::thread::{Call, Reply, WriterThread};
use super::{Guarantee, Sink, SinkCx, Writer};
use crate::base::clock::Timestamp;
use crate::base::error::{Error, Fault};
use crate::base::time::{EpochEnd, Time};
use crate::snapshot::{Output, Participant, Snapshots};
use crate::worker::{TimerId, WorkerCx};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use timely::dataflow::operators::Capability;
use timely::scheduling::{Activator, SyncActivator};

/// The writer of one output on one worker. Its operator has it write and prepare. Without recovery it commits at once, else when
/// the snapshot is committed, which may be after the operator has ended.
pub(super) struct End<T, W: Writer<T>> {
    id: &'static str,
    guarantee: Guarantee,
    worker: Rc<WorkerCx>,
    to: Option<(Rc<Snapshots>, Participant)>,
    /// Absent once it has failed or closed, and where the flow is only looked at.
    calls: RefCell<Option<Calls<T, W>>>,
    progress: RefCell<Progress>,
    /// Activates the operator, which may wait for room or for a batch that is due.
    activator: Activator,
    timer: TimerId,
    /// True where the operator has found no room.
    full: Cell<bool>,
}

/// Where the writer runs.
enum Calls<T, W> {
    Thread(WriterThread<T>),
    Worker(Runner<T, W>),
}

/// How far the epochs of an output are.
#[derive(Default)]
struct Progress {
    /// Epochs that have ended, oldest first, until they are prepared.
    ended: VecDeque<Ended>,
    /// What is prepared and waits for its epoch's commit.
    prepared: VecDeque<(u64, Vec<u8>)>,
    /// Epochs whose commit the writer was asked for.
    committing: VecDeque<u64>,
    /// True once the last epoch has ended.
    last: bool,
}

/// An epoch that has ended.
struct Ended {
    end: EpochEnd,
    /// The flow's idle time at that moment.
    idle: Timestamp,
    /// False while the writer prepares it.
    done: bool,
    /// Without recovery: holds back what depends on its commit.
    capability: Option<Capability<Time>>,
}

impl<T: Send + 'static, W: Writer<T> + Send + 'static> End<T, W> {
    /// Opens the writer, which first commits what the execution before has left prepared, unless another execution has taken
    /// over by now.
    pub(super) fn open<S: Sink<T, Writer = W>>(
        sink: &S,
        cx: &SinkCx,
        worker: &Rc<WorkerCx>,
        activator: Activator,
        remote: SyncActivator,
    ) -> Rc<Self> {
        let to = worker.participate(cx.step);
        let end = Rc::new(End {
            id: cx.step,
            guarantee: S::GUARANTEE,
            worker: Rc::clone(worker),
            timer: worker.timers.add(activator.clone()),
            to,
            calls: RefCell::new(None),
            progress: RefCell::default(),
            activator,
            full: Cell::new(false),
        });
        if worker.survey.is_some() {
            return end;
        }
        // A test that decides on the order of everything decides on that of writers too.
        let on_worker = S::ON_WORKER || worker.lockstep || worker.perturbed.is_some();
        match end.start(sink, cx, on_worker, remote) {
            Ok(calls) => *end.calls.borrow_mut() = Some(calls),
            Err(error) => worker.fail(error),
        }
        worker.add_output(Rc::clone(&end) as Rc<dyn Output>);
        end
    }

    fn start<S: Sink<T, Writer = W>>(
        &self,
        sink: &S,
        cx: &SinkCx,
        on_worker: bool,
        remote: SyncActivator,
    ) -> Result<Calls<T, W>, Error> {
        let retrying = Retrying::new(cx, sink.retry(), !on_worker, Arc::clone(&self.worker.shared));
        let interrupt: Arc<Interrupt> = retrying.interrupt();
        let failed = |failure| self.error_of(failure);
        let writer = retrying.attempt(|| sink.open(cx)).map_err(failed)?;
        let mut runner = Runner::new(writer, sink.batching(), cx, retrying);
        if let Some((snapshots, _)) = &self.to {
            snapshots.still_ours().map_err(Error::Recovery)?;
            if snapshots.resumes() {
                runner.recover(&snapshots.left_prepared(self.id)).map_err(failed)?;
            }
        }
        if on_worker {
            return Ok(Calls::Worker(runner));
        }
        let wake = move || {
            // The worker is gone when this fails, and with it the need to wake it.
            let _ = remote.activate();
        };
        let name = format!("{} {}", self.id, self.worker.index);
        WriterThread::start(&name, runner, interrupt, cx.clock.clone(), wake)
            .map(Calls::Thread)
            .map_err(|error| failed(Failure::Fault(Fault::new("cannot start the thread of the writer").cause(error))))
    }

    /// Queues items for the writer; returns an emptied vector, if there is one. `Err` if there is no room: the operator is
    /// activated once there is.
    pub(super) fn write(&self, mut items: Vec<T>) -> Result<Option<Vec<T>>, Vec<T>> {
        let failure = match &mut *self.calls.borrow_mut() {
            None => None,
            Some(Calls::Thread(thread)) => {
                let bytes = items.iter().map(W::bytes_of).sum();
                let sent = thread.write(items, bytes);
                self.full.set(sent.is_err());
                return sent;
            }
            Some(Calls::Worker(runner)) => {
                let result = runner.write(&mut items);
                self.worker.timers.set(self.timer, runner.due());
                result.err()
            }
        };
        if let Some(failure) = failure {
            self.handle(Reply::Failed(failure));
        }
        Ok(Some(items))
    }

    /// All of an epoch has come; `wrote` says whether that was anything.
    pub(super) fn end_epoch(&self, end: EpochEnd, wrote: bool, capability: Option<Capability<Time>>) {
        let capability = capability.filter(|_| self.to.is_none());
        let ended = Ended { end, idle: self.worker.moment().idle, done: !wrote, capability };
        self.progress.borrow_mut().ended.push_back(ended);
        if wrote {
            self.call(Call::Prepare { epoch: end.epoch, commit: self.to.is_none() });
        }
        self.pass();
    }

    /// Lets the snapshot proceed past epochs that are prepared or had nothing to prepare.
    fn pass(&self) {
        loop {
            let ended = {
                let mut progress = self.progress.borrow_mut();
                if !progress.ended.front().is_some_and(|ended| ended.done) {
                    return;
                }
                let ended = progress.ended.pop_front();
                progress.last |= ended.as_ref().is_some_and(|ended| ended.end.is_last());
                ended
            };
            let Some(ended) = ended else { return };
            if ended.capability.is_some() {
                // Timely learns that a capability is gone when the operator runs.
                self.activator.activate();
            }
            match &self.to {
                Some((snapshots, participant)) => snapshots.passed(*participant, ended.end, ended.idle),
                None if ended.end.is_last() => self.call(Call::Close),
                None => {}
            }
        }
    }

    /// Queues a call, after all that was queued before.
    fn call(&self, call: Call) {
        let reply = match &mut *self.calls.borrow_mut() {
            None => None,
            Some(Calls::Thread(thread)) => {
                thread.call(call);
                None
            }
            Some(Calls::Worker(runner)) => Some(call.run(runner)),
        };
        if let Some(reply) = reply {
            self.handle(reply);
        }
    }

    fn handle(&self, reply: Reply) {
        match reply {
            Reply::Prepared { epoch, prepared } => {
                if let Some((snapshots, _)) = &self.to {
                    snapshots.prepared(epoch, self.id, &prepared, self.guarantee);
                }
                self.progress.borrow_mut().prepared.push_back((epoch, prepared));
                self.prepared(epoch);
            }
            Reply::Committed(epoch) => {
                self.progress.borrow_mut().committing.retain(|committing| *committing != epoch);
                self.prepared(epoch);
            }
            Reply::Closed(summary) => {
                *self.calls.borrow_mut() = None;
                if let Some(summary) = summary {
                    self.worker.summarize(self.id, summary);
                }
            }
            Reply::Failed(failure) => {
                *self.calls.borrow_mut() = None;
                if !matches!(failure, Failure::Over) {
                    self.worker.fail(self.error_of(failure));
                }
            }
        }
    }

    fn prepared(&self, epoch: u64) {
        for ended in &mut self.progress.borrow_mut().ended {
            ended.done |= ended.end.epoch == epoch;
        }
        self.pass();
    }

    fn error_of(&self, failure: Failure) -> Error {
        let (step, worker) = (self.id.to_owned(), self.worker.index);
        match failure {
            Failure::Fault(fault) => Error::Sink { step, worker, fault },
            Failure::Panic(caught) => {
                let (step, key) = caught.step.map_or((step, None), |(step, key)| (step.to_owned(), key));
                Error::Panic { step, key, worker, message: caught.message, location: caught.location }
            }
            Failure::Over => Error::Sink { step, worker, fault: Fault::new("the writer has ended before its flow") },
        }
    }
}

impl<T: Send + 'static, W: Writer<T> + Send + 'static> Output for End<T, W> {
    fn committed(&self, epoch: u64) {
        if self.to.is_none() {
            return;
        }
        let (due, close) = {
            let mut progress = self.progress.borrow_mut();
            let due = progress.prepared.iter().take_while(|(prepared, _)| *prepared <= epoch).count();
            let due: Vec<_> = progress.prepared.drain(..due).collect();
            progress.committing.extend(due.iter().map(|(epoch, _)| *epoch));
            (due, epoch == u64::MAX && progress.last)
        };
        for (epoch, prepared) in due {
            self.call(Call::Commit { epoch, prepared });
        }
        if close {
            self.call(Call::Close);
        }
    }

    fn follow(&self) {
        let replies = match &mut *self.calls.borrow_mut() {
            None => return,
            Some(Calls::Thread(thread)) => {
                if self.full.get() && thread.has_room() {
                    self.full.set(false);
                    self.activator.activate();
                }
                thread.replies()
            }
            Some(Calls::Worker(runner)) => {
                let due = runner.due().is_some_and(|due| due <= self.worker.clock.now());
                let flushed = if due { runner.flush() } else { Ok(()) };
                flushed.err().map(Reply::Failed).into_iter().collect()
            }
        };
        replies.into_iter().for_each(|reply| self.handle(reply));
    }

    fn sunk(&self) -> u64 {
        self.progress.borrow().committing.front().map_or(u64::MAX, |epoch| epoch - 1)
    }

    fn is_closed(&self) -> bool {
        self.calls.borrow().is_none()
    }
}
