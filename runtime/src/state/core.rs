//! The core of keyed state: a step's calls, its timers, and what comes behind it. It is told of rows, of the ends of epochs and
//! of the end of the input, by the operator it is in.

use super::calls::Calls;
use super::due::Dues;
use super::operator::Keyed;
use super::record::{self, Record};
use super::step::{Step, Timeline};
use super::table::Table;
use crate::clock::Timestamp;
use crate::data::{Data, Key};
use crate::error::Error;
use crate::stream::{Down, Push, batch};
use crate::time::EpochEnd;
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
pub(super) struct Core<K, V, S: Step<K, V>, P> {
    calls: Calls<K, V, S>,
    pub(super) worker: Rc<WorkerCx>,
    /// When the next key is due.
    due: TimerId,
    /// When the step itself is.
    wake: TimerId,
    activator: Activator,
    pub(super) push: P,
    counts: Arc<StepCounts>,
    /// How many keys it last said it holds.
    held: usize,
    ended: bool,
}

impl<K: Key, V: Data, S: Step<K, V>, P: Push<(K, S::Out)>> Core<K, V, S, P> {
    /// A core in the operator that `activator` activates, which takes over what the execution before has left. `reading`
    /// says of each input how many workers, the first ones of all, read a source as they send its rows.
    pub(super) fn new(
        id: &'static str,
        step: S,
        worker: &Rc<WorkerCx>,
        activator: Activator,
        push: P,
        reading: &[usize],
    ) -> Self {
        let (due, wake) = (worker.timers.add(activator.clone()), worker.timers.add(activator.clone()));
        let (now, timeline) = (worker.moment(), step.timeline());
        let (record, table, dues) = (Record::new(id, worker), Table::new(), Dues::new());
        let (unset, value) = (Vec::new(), PhantomData);
        let mut calls = Calls { id, step, timeline, table, dues, unset, record, now, value };
        let from_start = reading.iter().flat_map(|reading| (0..worker.peers).map(move |worker| worker < *reading));
        calls.step.senders(from_start.collect());
        if let Err(fault) = calls.resume() {
            worker.fail(Error::State { step: id.into(), worker: worker.index, fault });
        }
        let counts = worker.shared.counts.of(id);
        Core { calls, worker: Rc::clone(worker), due, wake, activator, push, counts, held: 0, ended: false }
    }

    /// True where no key has state.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.table.is_empty()
    }

    /// Begins a round: what is due happens before anything is taken. False where the flow has failed.
    pub(super) fn begin(&mut self) -> bool {
        if self.worker.shared.aborting() {
            return false;
        }
        let calls = &mut self.calls;
        calls.now = self.worker.moment();
        if self.ended {
            return true;
        }
        if calls.step.wake_at().is_some_and(|at| at <= calls.now.system) && calls.step.on_wake(&calls.now) {
            batch(&mut self.push, |next| calls.sweep(next));
        }
        if calls.dues.next().is_some_and(|at| at <= calls.time()) {
            batch(&mut self.push, |next| calls.notify(next));
        }
        true
    }

    /// Takes a row in the middle of a batch.
    #[inline(always)]
    pub(super) fn take(calls: &mut Calls<K, V, S>, from: usize, row: Keyed<K, V>, next: &mut Down<'_, (K, S::Out), P>) {
        let (hash, key, value) = row;
        if S::HEARS {
            calls.step.hears_row(from, &value);
            calls.notify_by_watermark(next);
        }
        calls.on_value(hash, key, value, next);
    }

    /// The step's calls and what is behind them.
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&mut Calls<K, V, S>, &mut P) {
        (&mut self.calls, &mut self.push)
    }

    /// Takes a whole batch.
    pub(super) fn take_all(&mut self, rows: &mut Vec<Keyed<K, V>>, sender: Sender) {
        let calls = &mut self.calls;
        batch(&mut self.push, |next| {
            for row in rows.drain(..) {
                Self::take(calls, sender.from, row, next);
            }
        });
        self.hear(sender);
    }

    /// Hears of a sender's watermark, behind its rows.
    pub(super) fn hear(&mut self, sender: Sender) {
        if S::HEARS {
            let calls = &mut self.calls;
            calls.step.hears(sender.from, sender.watermark, &calls.now);
            batch(&mut self.push, |next| calls.notify_by_watermark(next));
        }
    }

    /// All rows of an epoch have been taken; at the end of the input, all there are.
    pub(super) fn end_epoch(&mut self, end: EpochEnd) {
        self.count();
        let calls = &mut self.calls;
        // A flow that is stopped goes on where it was when it is started again: its input has not ended.
        let stopped = self.worker.snapshots.is_some() && self.worker.stopping();
        batch(&mut self.push, |next| {
            if S::EACH_EPOCH {
                calls.end_epoch(next);
            }
            if end.is_last() && !stopped {
                calls.end(next);
            }
        });
        self.push.end_epoch(end);
        self.push.flush();
        calls.record_epoch(end);
        if end.is_last() {
            calls.record.write_some(&mut calls.table, None);
            calls.dues.clear();
            calls.unset.clear();
            self.ended = true;
        }
    }

    /// Says how many keys there are; at the end it stays at how many there were.
    fn count(&mut self) {
        let now = self.calls.table.len();
        if now != self.held && !self.ended {
            self.counts.hold(std::mem::replace(&mut self.held, now), now);
        }
    }

    /// Ends a round: writes some of what the snapshots are owed, and says when to come back.
    pub(super) fn settle(&mut self) {
        self.push.flush();
        self.count();
        let calls = &mut self.calls;
        if calls.record.owes() {
            calls.record.write_some(&mut calls.table, Some(record::SLICE));
            if calls.record.owes() {
                self.activator.activate();
            }
        }
        let timers = &self.worker.timers;
        timers.set(self.wake, if self.ended { None } else { calls.step.wake_at() });
        if !calls.unset.is_empty() {
            if self.worker.shared.quiet.moving(calls.now.system).is_none() {
                // Comes back as soon as it moves.
                timers.set_quiet(self.due, Some(calls.now.quiet));
                return;
            }
            calls.set_timers();
        }
        match calls.timeline {
            Timeline::System => timers.set(self.due, calls.dues.next()),
            Timeline::Quiet => timers.set_quiet(self.due, calls.dues.next()),
            Timeline::Watermark => {}
        }
    }
}
