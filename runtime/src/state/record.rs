//! What a stateful step owes the snapshots: the keys that changed in an epoch, written down after it a few at a time.
//!
//! At the end of an epoch nothing is written: what is known of changed keys is set aside, and each later round of the operator
//! writes some of them. A key that is about to change again before its turn has come is written first, so that what is
//! written is what the epoch left. So an epoch's end costs nothing, however many keys there are.

use super::changed::{Changed, Slice};
use super::fingerprint;
use super::table::{Slot, Table};
use crate::data::{Data, Key, key_group};
use crate::error::{Error, Fault};
use crate::time::EpochEnd;
use crate::worker::{Participant, Snapshots, WorkerCx};
use hashbrown::HashTable;
use hashbrown::hash_table::IntoIter;
use std::rc::Rc;
use std::time::Duration;

/// What the step on this worker owes.
pub(crate) struct Record<K> {
    id: &'static str,
    worker: Rc<WorkerCx>,
    /// Absent in a flow without recovery.
    to: Option<Target>,
    /// The number of the epoch that is open, among those of this record: what `Slot::changed` says of a key that is to be
    /// written at its end. It stays 0 without recovery, where no slot has another.
    open: u32,
    /// The keys that changed in it.
    changed: Changed,
    /// The keys that went in it, of those that an earlier snapshot has.
    removed: HashTable<(u64, K)>,
    /// The epoch that has ended, while not all of it is written.
    ended: Option<Ended<K>>,
    key: Vec<u8>,
    state: Vec<u8>,
}

struct Target {
    snapshots: Rc<Snapshots>,
    participant: Participant,
}

struct Ended<K> {
    end: EpochEnd,
    changed: Changed,
    removed: IntoIter<(u64, K)>,
}

/// How long a round may write before items go on.
pub(super) const SLICE: Duration = Duration::from_millis(1);

impl<K: Key> Record<K> {
    pub(crate) fn new(id: &'static str, worker: &Rc<WorkerCx>) -> Self {
        let to = worker.snapshots.clone().map(|snapshots| Target { participant: snapshots.join(), snapshots });
        let open = u32::from(to.is_some());
        let worker = Rc::clone(worker);
        let (key, state) = (Vec::new(), Vec::new());
        Record { id, worker, to, open, changed: Changed::new(0), removed: HashTable::new(), ended: None, key, state }
    }

    /// What the step saved on each worker of the execution before.
    pub(crate) fn saved(&self) -> Vec<Vec<u8>> {
        self.to.as_ref().map(|Target { snapshots, .. }| snapshots.saved(self.id)).unwrap_or_default()
    }

    /// Puts the keys of this worker that the execution before has left into `table`, where they are found by `hash`.
    pub(crate) fn resume<S: Data, T: Default>(&mut self, table: &mut Table<K, S, T>, hash: impl Fn(&K) -> u64) {
        let id = self.id;
        if let Some(survey) = &self.worker.survey {
            let surveyed = survey.step(id, fingerprint::<(K, S)>(), |key, state| {
                decode::<K>("a key", key)?;
                decode::<S>("a key's state", state).map(drop)
            });
            surveyed.unwrap_or_else(|error| self.worker.fail(Error::Recovery(error)));
        }
        let Some(Target { snapshots, .. }) = &self.to else { return };
        let worker = self.worker.index;
        let failed = |fault: Fault| Error::State { step: id.into(), worker, fault: with_help(id, fault) };
        let read = snapshots.read_state(id, |key, state| {
            let key: K = decode("a key", key).map_err(failed)?;
            let state = decode("a key's state", state).map_err(failed)?;
            let mut slot = Slot::new(hash(&key), key, state, T::default());
            slot.stored = true;
            table.insert(slot);
            Ok(())
        });
        match read {
            Ok(()) => self.changed = Changed::new(table.len()),
            Err(error) => self.worker.fail(error),
        }
    }

    /// The slot's state is about to change.
    #[inline(always)]
    pub(crate) fn touch<S: Data, T>(&mut self, slot: &mut Slot<K, S, T>) {
        if slot.changed != self.open {
            self.note(slot);
        }
    }

    #[inline(never)]
    fn note<S: Data, T>(&mut self, slot: &mut Slot<K, S, T>) {
        if slot.changed != 0 {
            self.write(slot);
        }
        slot.changed = self.open;
        self.changed.note(slot.hash);
        if !slot.stored && !self.removed.is_empty() {
            // A key that went in this epoch and is back: what a snapshot has of it is replaced, not removed.
            if let Ok(entry) = self.removed.find_entry(slot.hash, |(hash, key)| *hash == slot.hash && *key == slot.key)
            {
                entry.remove();
                slot.stored = true;
            }
        }
    }

    /// The slot, which has been `touch`ed, goes.
    #[inline(always)]
    pub(crate) fn goes<S, T>(&mut self, slot: &Slot<K, S, T>) {
        if slot.changed != 0 {
            self.changed.done();
        }
        if slot.stored {
            self.removed.insert_unique(slot.hash, (slot.hash, slot.key.clone()), |(hash, _)| *hash);
        }
    }

    /// An epoch has ended, of which all is written at once where it is the last; `saved` is what the step keeps for all keys.
    pub(crate) fn end_epoch<S: Data, T>(
        &mut self,
        end: EpochEnd,
        table: &mut Table<K, S, T>,
        saved: impl FnOnce() -> Vec<u8>,
    ) {
        if self.to.is_none() {
            return;
        }
        // Mostly long done: an epoch lasts seconds.
        self.write_some(table, None);
        if let Some(Target { snapshots, .. }) = &self.to {
            snapshots.save(end.epoch, self.id, &saved());
        }
        let changed = std::mem::replace(&mut self.changed, Changed::new(table.len()));
        let removed = std::mem::take(&mut self.removed).into_iter();
        self.ended = Some(Ended { end, changed, removed });
        self.open += 1;
        self.write_some(table, Some(SLICE).filter(|_| !end.is_last()));
    }

    /// Writes what it owes, for as long as `time`; all of it without. True where some is left.
    pub(crate) fn write_some<S: Data, T>(&mut self, table: &mut Table<K, S, T>, time: Option<Duration>) -> bool {
        let Some(mut ended) = self.ended.take() else { return false };
        let (epoch, mut slice) = (ended.end.epoch, Slice::new(time));
        let mut done = ended.changed.write(table, self.open - 1, &mut slice, |slot| self.write_in(epoch, slot));
        while done {
            let Some((hash, key)) = ended.removed.next() else { break };
            slice.spend(self.write_removed(epoch, hash, &key));
            done = !slice.is_over();
        }
        if !done {
            self.ended = Some(ended);
            return true;
        }
        if let Some(Target { snapshots, participant }) = &self.to {
            snapshots.passed(*participant, ended.end.passed, self.worker.moment().quiet);
        }
        false
    }

    fn write<S: Data, T>(&mut self, slot: &mut Slot<K, S, T>) {
        if let Some(ended) = &mut self.ended {
            ended.changed.done();
            let epoch = ended.end.epoch;
            self.write_in(epoch, slot);
        }
    }

    /// Gives the bytes of it, as the other two.
    fn write_in<S: Data, T>(&mut self, epoch: u64, slot: &mut Slot<K, S, T>) -> usize {
        slot.changed = 0;
        slot.stored = true;
        self.state.clear();
        let encoded = rmp_serde::encode::write_named(&mut self.state, &slot.state);
        self.put(epoch, slot.hash, &slot.key, encoded, true)
    }

    fn write_removed(&mut self, epoch: u64, hash: u64, key: &K) -> usize {
        self.put(epoch, hash, key, Ok(()), false)
    }

    fn put(
        &mut self,
        epoch: u64,
        hash: u64,
        key: &K,
        encoded: Result<(), rmp_serde::encode::Error>,
        there: bool,
    ) -> usize {
        let Some(Target { snapshots, .. }) = &self.to else { return 0 };
        self.key.clear();
        match encoded.and_then(|()| rmp_serde::encode::write_named(&mut self.key, key)) {
            Ok(()) => snapshots.state(epoch, self.id, key_group(hash), &self.key, there.then_some(&self.state)),
            Err(error) => {
                let fault = Fault::new("a key or its state cannot be encoded").cause(error);
                self.worker.fail(Error::State { step: self.id.into(), worker: self.worker.index, fault });
            }
        }
        self.key.len() + if there { self.state.len() } else { 0 }
    }
}

fn decode<T: Data>(what: &str, bytes: &[u8]) -> Result<T, Fault> {
    let undecodable = |error| Fault::new(format!("{what} in the snapshot cannot be read by this build")).cause(error);
    rmp_serde::from_slice(bytes).map_err(undecodable)
}

fn with_help(id: &str, fault: Fault) -> Fault {
    fault.help(format!("give new fields `#[serde(default)]`, or start the step anew: --drop-state {id}"))
}
