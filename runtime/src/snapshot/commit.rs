//! Taking a store over, and committing to it: what makes sure that one execution at a time does.
//!
//! The number of the next manifest is what executions compete for. See the module's own page for why that is enough.

use super::compact::{Compacted, Compaction, Replacement, first_to_merge};
use super::head;
use super::leftovers::Leftovers;
use super::manifest::{Manifest, PartRef, StepInfo};
use super::part::ExecutionId;
use super::sound::{check_parts, way_back};
use super::store::Store;
use crate::base::RecoveryError;
use bytes::Bytes;
use std::collections::BTreeMap;

/// Lost races after which a take-over gives up: so many commits do not happen while one object is written.
const RACES: usize = 64;

/// What an execution says of itself when it takes over.
#[derive(Debug, Clone, Default)]
pub struct TakeOver {
    /// The flow's name.
    pub flow: String,
    /// An id that no other execution has.
    pub execution: u64,
    /// Its number of workers.
    pub workers: usize,
    /// Its steps that keep state, positions or prepared output.
    pub steps: Vec<StepInfo>,
    /// Steps whose state is to be dropped.
    pub drop: Vec<String>,
}

/// What is committed of an epoch.
#[derive(Debug, Clone, Default)]
pub struct Commit {
    /// The epoch; later than the one committed before.
    pub epoch: u64,
    /// The parts of all workers, of this epoch and of those since the last commit.
    pub parts: Vec<PartRef>,
    /// The epoch up to which all sinks have committed what they prepared.
    pub sunk: u64,
    /// True where an exactly-once sink prepared anything in these epochs.
    pub exactly_once: bool,
    /// Small named values; those of earlier commits stay.
    pub values: BTreeMap<String, Vec<u8>>,
}

/// The right to commit to a store: what a take-over gives.
#[derive(Debug)]
pub struct Execution {
    pub(crate) store: Store,
    steps: Vec<StepInfo>,
    /// What this execution has put last, and the bytes of it.
    pub(crate) newest: Manifest,
    bytes: Bytes,
    /// The state that the next commit adds to.
    pub(crate) base: Manifest,
    /// The manifest that is kept beside the newest; not known where it cannot be read.
    pub(crate) previous: Option<Manifest>,
    /// A commit of which it is not known whether it went through.
    pub(crate) pending: Option<(Manifest, Bytes)>,
    went_back: Option<RecoveryError>,
    pub(crate) leftovers: Leftovers,
    pub(crate) replacement: Option<Replacement>,
    /// The number of the compaction that runs, and of the last one.
    pub(crate) running: Option<u64>,
    pub(crate) jobs: u64,
}

impl Store {
    /// Takes the store over: from now on no other execution can commit to it, until another one takes over.
    ///
    /// Where the newest state is damaged and it is safe to go back to the one before it, it goes back:
    /// [`Execution::went_back`] tells.
    ///
    /// # Errors
    /// Where the store cannot be used, has the state of another flow, or its state is damaged for good. Of damage it is
    /// told before anything is written, unless others commit at the same time.
    #[doc(hidden)]
    pub fn take_over(&self, who: TakeOver) -> Result<Execution, RecoveryError> {
        for race in 0..RACES {
            let sequences = Manifest::list(self)?;
            let Some(&newest) = sequences.last() else {
                if !head::is_newest(self, None)? {
                    continue;
                }
                // Somebody has to begin. Whoever does, what is newest then is taken over.
                let genesis = Manifest::genesis(&who.flow, who.execution);
                self.put_if_absent(&Manifest::name(0), &genesis.encode())?;
                continue;
            };
            // Gone when it is looked at: there is a newer one.
            let Some((found, found_bytes)) = Manifest::read(self, newest)? else { continue };
            if found.flow != who.flow {
                return Err(RecoveryError::OtherFlow {
                    store: self.url().to_owned(),
                    flow: who.flow,
                    found: found.flow,
                });
            }
            if !head::is_newest(self, Some(&found))? {
                continue;
            }
            // Before anything is written, so that nobody loses the store to an execution that cannot run. Once a race is lost
            // it comes later, or reading a large state would lose the next one too.
            let checked = race == 0
                && match check_parts(self, &found) {
                    Err(error) if error.is_damage() => {
                        if Manifest::list(self)?.last() != Some(&newest) {
                            continue;
                        }
                        way_back(self, &found, error)?;
                        false
                    }
                    result => result.map(|()| true)?,
                };
            let mut mine = Manifest {
                sequence: found.sequence + 1,
                epoch: found.epoch + 1,
                generation: found.sequence + 1,
                execution: who.execution,
                store: if found.store == 0 { who.execution } else { found.store },
                workers: who.workers as u64,
                ..found.clone()
            };
            drop_steps(&mut mine, &who.drop, found.epoch);
            let bytes = mine.encode();
            if !self.link(&mine, &bytes, found.sequence, &found_bytes)? {
                continue;
            }
            let mut execution = Execution {
                store: self.clone(),
                steps: who.steps,
                base: mine.clone(),
                newest: mine,
                bytes,
                previous: None,
                pending: None,
                went_back: None,
                leftovers: Leftovers::of_others(sequences),
                replacement: None,
                running: None,
                jobs: 0,
            };
            execution.begin(&who.drop, checked)?;
            head::write(self, &execution.newest)?;
            return Ok(execution);
        }
        let by = Manifest::newest(self)?.map_or(0, |(newest, _)| newest.execution);
        Err(RecoveryError::Fenced { store: self.url().to_owned(), by, epoch: 0 })
    }

    /// Asks the store whether the execution `id` still has it: before something is done outside of the store that an
    /// execution which has lost it must not do.
    ///
    /// # Errors
    /// [`RecoveryError::Fenced`] where another execution has taken over; where the store cannot be read.
    #[doc(hidden)]
    pub fn still_of(&self, id: ExecutionId, epoch: u64) -> Result<(), RecoveryError> {
        match Manifest::newest(self)? {
            Some((newest, _)) if (newest.generation, newest.execution) == (id.generation, id.execution) => Ok(()),
            newest => {
                let by = newest.map_or(0, |(newest, _)| newest.execution);
                Err(RecoveryError::Fenced { store: self.url().to_owned(), by, epoch })
            }
        }
    }

    /// Puts the manifest that follows on number `before`, whose bytes must be `before_bytes`. False where another
    /// execution has the store.
    ///
    /// The number after `before` is free in two cases: nobody has put it, or whoever did has removed it since. Manifests
    /// are removed from the oldest on, so in the second case `before` is gone.
    fn link(&self, next: &Manifest, bytes: &Bytes, before: u64, before_bytes: &Bytes) -> Result<bool, RecoveryError> {
        Ok(self.put_if_absent(&Manifest::name(next.sequence), bytes)?
            && self.get(&Manifest::name(before))?.as_ref() == Some(before_bytes))
    }
}

impl Execution {
    /// Checks what was taken over, unless that has been done, and goes back where it is damaged.
    fn begin(&mut self, drop: &[String], checked: bool) -> Result<(), RecoveryError> {
        let damage = match if checked { Ok(()) } else { check_parts(&self.store, &self.base) } {
            Err(error) if error.is_damage() => {
                // A part that is missing may have been cleared away by those who have the store by now.
                self.still_ours()?;
                error
            }
            result => {
                // What cannot be read here is not needed.
                let previous = self.newest.fallback.map(|sequence| Manifest::read(&self.store, sequence));
                self.previous = previous.and_then(Result::ok).flatten().map(|(previous, _)| previous);
                return result;
            }
        };
        let (before, damage) = way_back(&self.store, &self.newest, damage)?;
        let mut next = Manifest {
            sequence: self.newest.sequence + 1,
            epoch: self.newest.epoch + 1,
            exactly_once: false,
            fallback: Some(before.sequence),
            ..self.newest.with_state_of(&before)
        };
        drop_steps(&mut next, drop, before.epoch);
        // The other processes go on from what is newest: that has to be the same.
        let bytes = next.encode();
        if !self.store.link(&next, &bytes, self.newest.sequence, &self.bytes)? {
            return Err(self.fenced(Manifest::newest(&self.store)?, next.epoch));
        }
        self.leftovers.manifests.insert(self.newest.sequence);
        (self.base, self.newest, self.bytes) = (next.clone(), next, bytes);
        self.previous = Some(before);
        self.went_back = Some(damage);
        Ok(())
    }

    /// What all workers need to know of this execution to write parts.
    #[must_use]
    pub fn id(&self) -> ExecutionId {
        ExecutionId { generation: self.newest.generation, execution: self.newest.execution }
    }

    /// The first epoch that this execution may use.
    #[must_use]
    pub fn first_epoch(&self) -> u64 {
        self.newest.epoch + 1
    }

    /// The state to go on from: what [`Resume`](super::Resume) is to read, on every worker. Empty at the very first start.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.base
    }

    /// The damage for which the newest state was given up and the one before it taken, if there was any. What came after
    /// that will be read and put out again.
    #[must_use]
    pub fn went_back(&self) -> Option<&RecoveryError> {
        self.went_back.as_ref()
    }

    /// Asks the store whether this execution still has it: for a failure that may be none, such as a missing part.
    ///
    /// # Errors
    /// [`RecoveryError::Fenced`] where another execution has taken over; where the store cannot be read.
    pub fn still_ours(&self) -> Result<(), RecoveryError> {
        self.store.still_of(self.id(), self.newest.epoch + 1)
    }

    fn fenced(&self, newest: Option<(Manifest, Bytes)>, epoch: u64) -> RecoveryError {
        let by = newest.map_or(0, |(newest, _)| newest.execution);
        RecoveryError::Fenced { store: self.store.url().to_owned(), by, epoch }
    }

    /// Commits an epoch. When it returns, every later execution goes on from here at the earliest.
    ///
    /// A commit that failed may be asked for again, with the same epoch and parts; until it has gone through or was
    /// refused, no other can be.
    ///
    /// # Errors
    /// [`RecoveryError::Fenced`] where another execution has taken over; where the store cannot be written to.
    pub fn commit(&mut self, commit: Commit) -> Result<(), RecoveryError> {
        let (next, bytes) = match self.pending.take() {
            Some((pending, bytes)) if pending.epoch == commit.epoch => (pending, bytes),
            Some((pending, bytes)) => {
                let (store, epoch) = (self.store.url().to_owned(), commit.epoch);
                let error = RecoveryError::Uncertain { store, pending: pending.epoch, epoch };
                self.pending = Some((pending, bytes));
                return Err(error);
            }
            None => {
                let next = self.next(commit);
                let bytes = next.encode();
                (next, bytes)
            }
        };
        match self.store.link(&next, &bytes, self.newest.sequence, &self.bytes) {
            Ok(true) => {}
            Ok(false) => return Err(self.fenced(Manifest::newest(&self.store)?, next.epoch)),
            Err(error) => {
                self.pending = Some((next, bytes));
                return Err(error);
            }
        }
        // Without it a manifest that is lost would not be missed. Where it fails the commit is to be asked for again.
        if let Err(error) = head::write(&self.store, &next) {
            self.pending = Some((next, bytes));
            return Err(error);
        }
        if let Some(replacement) = self.replacement.take_if(|replacement| replacement.is_in(&next)) {
            self.leftovers.parts.extend(replacement.inputs);
        }
        self.leftovers.manifests.extend([self.newest.sequence]);
        self.leftovers.manifests.extend(self.newest.fallback);
        self.bytes = bytes;
        self.newest = next.clone();
        self.previous = Some(std::mem::replace(&mut self.base, next));
        Ok(())
    }

    /// The manifest that adds `commit` to the state.
    fn next(&self, commit: Commit) -> Manifest {
        debug_assert!(commit.epoch > self.newest.epoch, "an epoch is committed once");
        let mut next = Manifest {
            sequence: self.newest.sequence + 1,
            epoch: commit.epoch,
            generation: self.newest.generation,
            execution: self.newest.execution,
            workers: self.newest.workers,
            sunk: commit.sunk.max(self.base.sunk),
            exactly_once: commit.exactly_once,
            fallback: Some(self.base.sequence),
            ..self.base.clone()
        };
        next.values.extend(commit.values);
        for step in &self.steps {
            match next.steps.iter_mut().find(|known| known.id == step.id) {
                Some(known) => known.clone_from(step),
                None => next.steps.push(step.clone()),
            }
        }
        if let Some(replacement) = &self.replacement {
            next.parts.retain(|part| !replacement.inputs.contains(&part.name));
            next.parts.extend(replacement.outputs.iter().cloned());
        }
        next.parts.extend(commit.parts);
        next.parts.sort_by_key(|part| (part.epoch, part.worker));
        // What was dropped is told for as long as there is a part that may have it.
        let oldest = next.parts.first().map_or(u64::MAX, |part| part.epoch);
        next.dropped.retain(|_, until| oldest <= *until);
        next
    }

    /// The merging that the state needs, if it does and none is under way. It may run on another thread, while commits go
    /// on; [`compacted`](Execution::compacted) takes what comes of it.
    pub fn compaction(&mut self) -> Option<Compaction> {
        let first = first_to_merge(&self.base.parts).filter(|_| self.may_compact())?;
        Some(self.start_compaction(first))
    }

    /// The merging of everything, whether the state needs it or not, if there is anything to merge and no merging is under
    /// way: for a time at which nobody waits.
    pub fn full_compaction(&mut self) -> Option<Compaction> {
        (self.may_compact() && self.base.parts.len() > 1).then(|| self.start_compaction(0))
    }

    fn may_compact(&self) -> bool {
        self.running.is_none() && self.replacement.is_none() && self.pending.is_none()
    }

    fn start_compaction(&mut self, first: usize) -> Compaction {
        self.jobs += 1;
        self.running = Some(self.jobs);
        Compaction::of(&self.store, self.id(), &self.base, first, self.jobs)
    }

    /// Takes what a compaction made: the next commit refers to it.
    ///
    /// # Errors
    /// Why there is nothing to take. The state is what it was, and the next compaction tries again.
    pub fn compacted(&mut self, done: Compacted) -> Result<(), RecoveryError> {
        self.running = None;
        match done.result {
            Ok(replacement) => {
                self.replacement = Some(replacement);
                Ok(())
            }
            Err(error) if error.is_damage() => self.still_ours().and(Err(error)),
            Err(error) => Err(error),
        }
    }
}

fn drop_steps(manifest: &mut Manifest, drop: &[String], epoch: u64) {
    for step in drop {
        manifest.dropped.insert(step.clone(), epoch);
        manifest.steps.retain(|known| known.id != *step);
    }
}
