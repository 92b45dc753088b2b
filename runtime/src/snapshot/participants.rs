//! One worker's side of recovery: gathers what its operators hand over at the end of an epoch, and tells its sinks of
//! commits.
//!
//! Every stateful step, source and sink of the worker is a participant. When all have passed an epoch, what they handed
//! over for it goes to the background as the worker's part of the snapshot. Nothing here waits for the outside world.

use super::{PartBuilder, RecoveryError, Resume, SourcePosition, Store};
use crate::base::clock::Timestamp;
use crate::base::error::Error;
use crate::base::guarantee::Guarantee;
use crate::base::time::EpochEnd;
use crate::snapshot::{Background, Durable, Job};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// One worker's side of recovery.
pub(crate) struct Snapshots {
    worker: usize,
    workers: usize,
    /// The last epoch that each participant has passed.
    passed: RefCell<Vec<u64>>,
    /// What was handed over, by epoch.
    parts: RefCell<BTreeMap<u64, PartBuilder>>,
    /// The greatest idle time that a participant knew of when an epoch ended, by epoch: what is read later must not meet more.
    idle: RefCell<BTreeMap<u64, i64>>,
    /// The last epoch of which everything went to the background.
    handed: Cell<u64>,
    committed: Cell<u64>,
    /// The epoch that is open, and the one before it.
    open: Cell<(u64, u64)>,
    background: Background,
    store: Store,
    /// What the execution before has left, while the flow is put together.
    resume: RefCell<Option<Resume>>,
    /// True where a sink that puts everything out once has prepared something since the last hand-over.
    exactly_once: Cell<bool>,
    /// The epoch up to which the worker's sinks have committed.
    sunk: Cell<u64>,
}

/// A sink or a source, as it is notified of commits.
pub(crate) trait Output {
    /// The epochs up to `epoch` are committed: `u64::MAX` at the end.
    fn committed(&self, epoch: u64);

    /// Takes up what it has done on a thread of its own.
    fn follow(&self) {}

    /// The last epoch whose commit it has completed; `u64::MAX` where none is pending.
    fn sunk(&self) -> u64 {
        u64::MAX
    }

    /// True where nothing is left to do.
    fn is_closed(&self) -> bool {
        true
    }
}

/// A participant's number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Participant(usize);

impl Snapshots {
    /// For a worker of an execution whose first epoch is `first`.
    pub(crate) fn new(
        worker: usize,
        workers: usize,
        first: u64,
        background: Background,
        store: Store,
        resume: Option<Resume>,
    ) -> Self {
        let before = first - 1;
        Snapshots {
            worker,
            workers,
            passed: RefCell::default(),
            parts: RefCell::default(),
            idle: RefCell::default(),
            handed: Cell::new(before),
            committed: Cell::new(before),
            open: Cell::new((first, before)),
            background,
            store,
            resume: RefCell::new(resume),
            exactly_once: Cell::new(false),
            sunk: Cell::new(before),
        }
    }

    /// One participant more. All join while the flow is put together.
    pub(crate) fn join(&self) -> Participant {
        let mut passed = self.passed.borrow_mut();
        passed.push(self.handed.get());
        Participant(passed.len() - 1)
    }

    fn part(&self, epoch: u64, add: impl FnOnce(&mut PartBuilder)) {
        let mut parts = self.parts.borrow_mut();
        add(parts.entry(epoch).or_insert_with(|| PartBuilder::new(self.background.id, epoch, self.worker as u64)));
    }

    /// A key's state as `epoch` left it; `None` where it has none any more.
    pub(crate) fn state(&self, epoch: u64, step: &'static str, key_group: u64, key: &[u8], state: Option<&[u8]>) {
        // There are not as many key groups as this could hold.
        self.part(epoch, |part| part.state(step, key_group as u16, key, state));
    }

    /// Where a source stood at the end of `epoch`.
    pub(crate) fn position(&self, epoch: u64, step: &'static str, partition: &str, position: &[u8]) {
        self.part(epoch, |part| part.position(step, partition, position));
    }

    /// What a sink needs to commit `epoch`.
    pub(crate) fn prepared(&self, epoch: u64, step: &'static str, prepared: &[u8], guarantee: Guarantee) {
        self.exactly_once.set(self.exactly_once.get() || guarantee == Guarantee::ExactlyOnce);
        self.part(epoch, |part| part.prepared(step, prepared));
    }

    /// What a step keeps for all its keys on this worker.
    pub(crate) fn save(&self, epoch: u64, step: &'static str, saved: &[u8]) {
        if !saved.is_empty() {
            self.position(epoch, step, &format!("worker {}", self.worker), saved);
        }
    }

    /// The participant has handed over everything of the epoch that has ended; `idle` is the flow's idle time as it was then.
    pub(crate) fn passed(&self, Participant(number): Participant, end: EpochEnd, idle: Timestamp) {
        let least = {
            let mut passed = self.passed.borrow_mut();
            passed[number] = end.passed;
            passed.iter().copied().min().unwrap_or(end.passed)
        };
        let mut all = self.idle.borrow_mut();
        let noted = all.entry(end.epoch).or_insert(idle.0);
        *noted = idle.0.max(*noted);
        if least > self.handed.get() {
            self.handed.set(least);
            let later = match least {
                u64::MAX => BTreeMap::new(),
                least => self.parts.borrow_mut().split_off(&(least + 1)),
            };
            let parts = std::mem::replace(&mut *self.parts.borrow_mut(), later);
            let later = if least == u64::MAX { BTreeMap::new() } else { all.split_off(&(least + 1)) };
            let idle = std::mem::replace(&mut *all, later).into_iter().collect();
            let durable = Durable {
                worker: self.worker,
                passed: least,
                sunk: self.sunk.get().min(self.committed.get()),
                exactly_once: self.exactly_once.take(),
                idle,
                parts: Vec::new(),
            };
            self.give(Job::Write { parts: parts.into_values().collect(), durable });
        }
    }

    /// Calls `read` with every key of this worker's that `step` had, and its state.
    pub(crate) fn read_state(
        &self,
        step: &str,
        read: impl FnMut(&[u8], &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.resume.borrow().as_ref().map_or(Ok(()), |resume| resume.entries(step, read))
    }

    /// What a step saved on each worker of the execution before.
    pub(crate) fn saved(&self, step: &str) -> Vec<Vec<u8>> {
        self.positions(step).into_iter().map(|(_, saved)| saved).collect()
    }

    /// Where the partitions of a source stood.
    pub(crate) fn positions(&self, step: &str) -> Vec<(String, Vec<u8>)> {
        let resume = self.resume.borrow();
        let positions = resume.as_ref().and_then(|resume| resume.positions(step)).into_iter().flatten();
        let at = |(name, position): (&String, &SourcePosition)| match position {
            SourcePosition::At(bytes) => Some((name.clone(), bytes.to_vec())),
            SourcePosition::Ended => None,
        };
        positions.filter_map(at).collect()
    }

    /// What sinks of the execution before had prepared and may not have committed, of the workers that fall to this one.
    pub(crate) fn left_prepared(&self, step: &str) -> Vec<Vec<u8>> {
        let resume = self.resume.borrow();
        let all = resume.as_ref().map_or(&[][..], |resume| resume.prepared(step));
        let mine = all.iter().filter(|left| left.worker % self.workers as u64 == self.worker as u64);
        mine.map(|left| left.bytes.to_vec()).collect()
    }

    /// Asks the store whether this execution still has it. Much can have happened since its take-over: it has waited for other
    /// processes, and read its state.
    pub(crate) fn still_ours(&self) -> Result<(), RecoveryError> {
        self.store.still_of(self.background.id, self.committed.get() + 1)
    }

    /// True where an execution came before this one.
    pub(crate) fn resumes(&self) -> bool {
        self.resume.borrow().is_some()
    }

    /// The flow has been put together: what was read for it can go.
    pub(crate) fn built(&self) {
        *self.resume.borrow_mut() = None;
    }

    /// What the background has done.
    pub(crate) fn answers(&self, worker: usize) -> (Vec<Durable>, Option<u64>) {
        self.background.answers.take(worker)
    }

    /// Gives the background something to do.
    pub(crate) fn give(&self, job: Job) {
        self.background.give(job);
    }

    /// All workers' parts up to `epoch` are committed.
    pub(crate) fn commit(&self, epoch: u64) {
        self.committed.set(epoch);
    }

    /// The worker's sinks have committed up to `epoch`.
    pub(crate) fn set_sunk(&self, epoch: u64) {
        self.sunk.set(epoch);
    }

    /// The last epoch that is committed: `u64::MAX` at the end.
    pub(crate) fn committed(&self) -> u64 {
        self.committed.get()
    }

    /// True when nothing is left to commit.
    pub(crate) fn done(&self) -> bool {
        self.committed.get() == u64::MAX
    }

    /// How many epochs have ended before `epoch` and are not committed.
    pub(crate) fn uncommitted(&self, epoch: u64) -> u64 {
        (epoch - 1).saturating_sub(self.committed.get())
    }

    /// The epoch in which to be where the clock says `epoch`: the one that is open, as long as the one before it is not
    /// committed. So a slow store makes epochs longer, and what waits for it does not pile up.
    pub(crate) fn next_epoch(&self, epoch: u64) -> u64 {
        let (open, before) = self.open.get();
        if epoch > open && self.committed.get() >= before {
            self.open.set((epoch, open));
        }
        self.open.get().0
    }
}

/// The name of the value that holds the flow's idle time.
pub(crate) const IDLE: &str = "quiet";
