//! The core of keyed state: a step's calls, its timers, and what comes behind it. It is told of rows, of the ends of epochs and
//! of the end of the input, by the operator it is in.

use super::backend::{HashedRow, StateBackend};
use super::recorder;
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key};
use crate::base::error::Error;
use crate::base::time::EpochEnd;
use crate::stream::{OpState, Push, batch};
use crate::worker::{StepCounts, TimerId, WorkerCx};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;
use timely::scheduling::Activator;

/// Who sent a batch, and its watermark behind it.
#[derive(Clone, Copy)]
pub(super) struct Sender {
    pub(super) from: usize,
    pub(super) watermark: Timestamp,
}

/// A stateful step on one worker.
pub(super) struct Core<K, V, Q, P> {
    backend: Q,
    pub(super) worker: Rc<WorkerCx>,
    /// When the next key is due.
    due: TimerId,
    /// When the step itself is.
    wake: TimerId,
    activator: Activator,
    pub(super) push: P,
    /// The operators that send rows, until they have been looked at.
    senders: Vec<Rc<OpState>>,
    counts: Arc<StepCounts>,
    /// How many keys it last said it holds.
    held: usize,
    ended: bool,
    row: PhantomData<fn(K, V)>,
}

impl<K: Key, V: Data, Q: StateBackend<K, V>, P: Push<(K, Q::Out)>> Core<K, V, Q, P> {
    /// A core in the operator that `activator` activates, which takes over what the execution before has left. `senders` are
    /// the operators that send rows, input by input: the same ones on all workers.
    pub(super) fn new(
        id: &'static str,
        mut backend: Q,
        worker: &Rc<WorkerCx>,
        activator: Activator,
        push: P,
        senders: Vec<Rc<OpState>>,
    ) -> Self {
        let (due, wake) = (worker.timers.add(activator.clone()), worker.timers.add(activator.clone()));
        if let Err(fault) = backend.resume() {
            worker.fail(Error::State { step: id.into(), worker: worker.index, fault });
        }
        let counts = worker.shared.counts.of(id);
        let worker = Rc::clone(worker);
        Core { backend, worker, due, wake, activator, push, senders, counts, held: 0, ended: false, row: PhantomData }
    }

    /// True where no key has state.
    pub(super) fn is_empty(&self) -> bool {
        self.backend.len() == 0
    }

    /// Begins a round: what is due happens before anything is taken. False where the flow has failed.
    pub(super) fn begin(&mut self) -> bool {
        if self.worker.shared.aborting() {
            return false;
        }
        if !self.senders.is_empty() {
            self.meet_senders();
        }
        if self.backend.begin(self.worker.moment()) && !self.ended {
            batch(&mut self.push, |next| self.backend.catch_up(next));
        }
        true
    }

    /// Looks, now that all operators are built, at which workers read a source as they send rows: their watermarks count
    /// from the start.
    #[cold]
    fn meet_senders(&mut self) {
        let senders = std::mem::take(&mut self.senders);
        let reading = |sender: Rc<OpState>| sender.partitions().map_or(0, |partitions| partitions.workers);
        let workers = 0..self.worker.peers;
        let from_start =
            senders.into_iter().map(reading).flat_map(|reading| workers.clone().map(move |at| at < reading));
        self.backend.senders(from_start.collect());
    }

    /// What is kept, and what is behind it.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&mut Q, &mut P) {
        (&mut self.backend, &mut self.push)
    }

    /// Takes a whole batch.
    pub(super) fn take_all(&mut self, rows: &mut Vec<HashedRow<K, V>>, sender: Sender) {
        let backend = &mut self.backend;
        batch(&mut self.push, |next| {
            for row in rows.drain(..) {
                backend.take(sender.from, row, next);
            }
        });
        self.hear(sender);
    }

    /// Hears of a sender's watermark, behind its rows.
    pub(super) fn hear(&mut self, sender: Sender) {
        if Q::HEARS {
            let backend = &mut self.backend;
            batch(&mut self.push, |next| backend.hear(sender.from, sender.watermark, next));
        }
    }

    /// Whether the input ends with this epoch. That of a flow which is stopped does not: it goes on where it was when it is
    /// started again.
    pub(super) fn ends(&self, end: EpochEnd) -> bool {
        end.is_last() && !(self.worker.snapshots.is_some() && self.worker.stopping())
    }

    /// All rows of an epoch have been taken; at the end of the input, all there are.
    pub(super) fn end_epoch(&mut self, end: EpochEnd) {
        self.count();
        let ends = self.ends(end);
        let backend = &mut self.backend;
        batch(&mut self.push, |next| {
            backend.end_epoch(next);
            if ends {
                backend.end(next);
            }
        });
        self.push.end_epoch(end);
        self.push.flush();
        backend.record(end);
        self.ended |= end.is_last();
    }

    /// Says how many keys there are; at the end it stays at how many there were.
    fn count(&mut self) {
        let now = self.backend.len();
        if now != self.held && !self.ended {
            self.counts.hold(std::mem::replace(&mut self.held, now), now);
        }
    }

    /// Ends a round: writes some of what the snapshots are owed, and says when to come back.
    pub(super) fn settle(&mut self) {
        self.push.flush();
        self.count();
        if self.backend.write_some(recorder::SLICE) {
            self.activator.activate();
        }
        self.worker.timers.set(self.wake, if self.ended { None } else { self.backend.wake_at() });
        self.backend.set_timer(&self.worker, self.due);
    }
}
