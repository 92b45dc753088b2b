//! What a stateful step owes the snapshots: the keys that changed in an epoch, written down after it a few at a time.
//!
//! At the end of an epoch nothing is written: what is known of changed keys is set aside, and each later round of the operator
//! writes some of them. A key that is about to change again before its turn has come is written first, so that what is
//! written is what the epoch left. So an epoch's end costs nothing, however many keys there are.

use super::dirty_set::{DirtySet, WriteBudget};
use super::fingerprint;
use super::flag::{DirtyFlag, Epoch};
use super::table::{Slotted, Table};
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key, key_group};
use crate::base::error::{Error, Fault};
use crate::base::time::EpochEnd;
use crate::snapshot::{Participant, Snapshots};
use crate::worker::WorkerCx;
use hashbrown::HashTable;
use hashbrown::hash_table::IntoIter;
use serde::Serialize;
use std::rc::Rc;
use std::time::Duration;

/// A table, and which of its slots the snapshots are owed.
pub(crate) struct TrackedTable<E: Slotted> {
    pub(crate) table: Table<E>,
    pub(crate) of: E::Of,
    pub(crate) dirty: DirtySets,
}

/// Which slots of a table the snapshots are owed.
pub(crate) struct DirtySets {
    /// Those that changed in the epoch that is open.
    open: DirtySet,
    /// Those of the epoch that has ended, while not all of it is written.
    ended: DirtySet,
}

impl<E: Slotted> TrackedTable<E> {
    pub(crate) fn new(of: E::Of) -> Self {
        TrackedTable { table: Table::new(), of, dirty: DirtySets { open: DirtySet::new(0), ended: DirtySet::new(0) } }
    }
}

/// The tables of a step on one worker.
pub(crate) trait Tables<E: Slotted> {
    fn tables<'a>(&'a mut self) -> impl Iterator<Item = &'a mut TrackedTable<E>>
    where
        E: 'a;
}

impl<E: Slotted> Tables<E> for TrackedTable<E> {
    fn tables<'a>(&'a mut self) -> impl Iterator<Item = &'a mut TrackedTable<E>>
    where
        E: 'a,
    {
        std::iter::once(self)
    }
}

/// What the step on this worker owes.
pub(crate) struct Recorder<K> {
    id: &'static str,
    worker: Rc<WorkerCx>,
    /// Absent in a flow without recovery.
    to: Option<Target>,
    /// The epoch that is open, in which a slot changes that is to be written at its end: none without recovery.
    open: Epoch,
    /// The one before.
    before: Epoch,
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
    /// The flow's idle time at its end: what is read afterwards must not meet more after a restart.
    idle: Timestamp,
    removed: IntoIter<(u64, K)>,
}

/// How long a round may write before items go on.
pub(super) const SLICE: Duration = Duration::from_millis(1);

impl<K: Key> Recorder<K> {
    pub(crate) fn new(id: &'static str, worker: &Rc<WorkerCx>) -> Self {
        let to = worker.participate(id).map(|(snapshots, participant)| Target { snapshots, participant });
        let open = if to.is_some() { Epoch::FIRST } else { Epoch::NONE };
        Recorder {
            id,
            worker: Rc::clone(worker),
            to,
            open,
            before: Epoch::NONE,
            removed: HashTable::new(),
            ended: None,
            key: Vec::new(),
            state: Vec::new(),
        }
    }

    /// True in a flow with recovery.
    pub(crate) fn is_on(&self) -> bool {
        self.to.is_some()
    }

    /// What the step saved on each worker of the execution before.
    pub(crate) fn saved(&self) -> Vec<Vec<u8>> {
        self.to.as_ref().map(|Target { snapshots, .. }| snapshots.saved(self.id)).unwrap_or_default()
    }

    /// Hands the keys of this worker that the execution before has left to `put`, each with its state and the mark that its
    /// slot is to have; then it counts what is in the tables.
    pub(crate) fn resume<E: Slotted<Stored = K>, T: Tables<E>>(
        &mut self,
        tables: &mut T,
        mut put: impl FnMut(&mut T, K, E::State, DirtyFlag) -> Result<(), Fault>,
    ) {
        let id = self.id;
        if let Some(survey) = &self.worker.survey {
            let surveyed = survey.step(id, fingerprint::<(K, E::State)>(), |key, state| {
                decode::<K>("a key", key)?;
                decode::<E::State>("a key's state", state).map(drop)
            });
            surveyed.unwrap_or_else(|error| self.worker.fail(Error::Recovery(error)));
        }
        let Some(Target { snapshots, .. }) = &self.to else { return };
        let worker = self.worker.index;
        let failed = |fault| Error::State { step: id.into(), worker, fault };
        let unread = |fault: Fault| failed(with_help(id, fault));
        let read = snapshots.read_state(id, |key, state| {
            let key: K = decode("a key", key).map_err(unread)?;
            let state = decode("a key's state", state).map_err(unread)?;
            put(tables, key, state, DirtyFlag::OF_STORED).map_err(failed)
        });
        match read {
            Ok(()) => tables.tables().for_each(|slots| slots.dirty.open = DirtySet::new(slots.table.len())),
            Err(error) => self.worker.fail(error),
        }
    }

    /// The slot's state is about to change: it counts as changed in this epoch, and as not put out.
    #[inline(always)]
    pub(crate) fn touch<E: Slotted<Stored = K>>(&mut self, slot: &mut E, of: E::Of, dirty: &mut DirtySets) {
        if !self.open.is_last_of(slot.flag()) {
            self.note(slot, of, dirty);
        }
    }

    #[inline(never)]
    fn note<E: Slotted<Stored = K>>(&mut self, slot: &mut E, of: E::Of, dirty: &mut DirtySets) {
        slot.flag_mut().set_emitted(false);
        if self.open.is_of(slot.flag()) {
            return;
        }
        if let Some(ended) = &self.ended
            && self.before.is_of(slot.flag())
        {
            dirty.ended.done();
            self.write(ended.end.epoch, slot, of);
        }
        let hash = slot.hash();
        dirty.open.note(hash);
        if !slot.flag().is_stored() && !self.removed.is_empty() {
            // A key that went in this epoch and is back: what a snapshot has of it is replaced, not removed.
            let key = slot.stored(of);
            if let Ok(entry) = self.removed.find_entry(hash, |(other, removed)| *other == hash && *removed == key) {
                entry.remove();
                slot.flag_mut().set_stored();
            }
        }
        slot.flag_mut().set_changed(self.open);
    }

    /// The slot, which has been `touch`ed, goes.
    #[inline(always)]
    pub(crate) fn drop_slot<E: Slotted<Stored = K>>(&mut self, slot: &E, of: E::Of, dirty: &mut DirtySets) {
        if !Epoch::NONE.is_of(slot.flag()) {
            dirty.open.done();
        }
        if slot.flag().is_stored() {
            self.remove(slot, of);
        }
    }

    /// All slots of a table go.
    pub(crate) fn drop_all<E: Slotted<Stored = K>>(&mut self, TrackedTable { table, of, dirty }: &mut TrackedTable<E>) {
        if !self.is_on() {
            return;
        }
        if let Some(epoch) = self.ended.as_ref().map(|ended| ended.end.epoch) {
            dirty.ended.write(table, self.before, &mut WriteBudget::new(None), |slot| self.write(epoch, slot, *of));
        }
        table.iter().filter(|slot| slot.flag().is_stored()).for_each(|slot| self.remove(slot, *of));
        dirty.open = DirtySet::new(table.len());
    }

    fn remove<E: Slotted<Stored = K>>(&mut self, slot: &E, of: E::Of) {
        self.removed.insert_unique(slot.hash(), (slot.hash(), slot.stored(of)), |(hash, _)| *hash);
    }

    /// An epoch has ended, of which all is written at once where it is the last; `saved` is what the step keeps for all keys.
    pub(crate) fn end_epoch<E: Slotted<Stored = K>, T: Tables<E>>(
        &mut self,
        end: EpochEnd,
        tables: &mut T,
        saved: impl FnOnce(&T) -> Vec<u8>,
    ) {
        if !self.is_on() {
            return;
        }
        // Mostly long done: an epoch lasts seconds.
        self.write_some(tables, None);
        if let Some(Target { snapshots, .. }) = &self.to {
            snapshots.save(end.epoch, self.id, &saved(tables));
        }
        for TrackedTable { table, dirty, .. } in tables.tables() {
            dirty.ended = std::mem::replace(&mut dirty.open, DirtySet::new(table.len()));
        }
        let removed = std::mem::take(&mut self.removed).into_iter();
        self.ended = Some(Ended { end, idle: self.worker.moment().idle, removed });
        self.before = self.open;
        self.open = self.open.next();
        self.write_some(tables, Some(SLICE).filter(|_| !end.is_last()));
    }

    /// Writes what it owes, for as long as `time`; all of it without. True where some is left.
    pub(crate) fn write_some<E: Slotted<Stored = K>>(
        &mut self,
        tables: &mut impl Tables<E>,
        time: Option<Duration>,
    ) -> bool {
        let Some(mut ended) = self.ended.take() else { return false };
        let (epoch, before, mut slice) = (ended.end.epoch, self.before, WriteBudget::new(time));
        let mut done = tables.tables().all(|TrackedTable { table, of, dirty }| {
            dirty.ended.write(table, before, &mut slice, |slot| self.write(epoch, slot, *of))
        });
        while done {
            let Some((hash, key)) = ended.removed.next() else { break };
            slice.spend(self.put(epoch, hash, &key, Ok(()), false));
            done = !slice.is_over();
        }
        if !done {
            self.ended = Some(ended);
            return true;
        }
        if let Some(Target { snapshots, participant }) = &self.to {
            snapshots.passed(*participant, ended.end, ended.idle);
        }
        false
    }

    /// Gives the bytes of it, as `put` does.
    fn write<E: Slotted<Stored = K>>(&mut self, epoch: u64, slot: &mut E, of: E::Of) -> usize {
        slot.flag_mut().set_changed(Epoch::NONE);
        slot.flag_mut().set_stored();
        self.state.clear();
        let encoded = rmp_serde::encode::write_named(&mut self.state, slot.state());
        self.put(epoch, slot.hash(), &slot.to_write(of), encoded, true)
    }

    fn put(
        &mut self,
        epoch: u64,
        hash: u64,
        key: &impl Serialize,
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
    fault.help(format!("give new fields `#[serde(default)]`, or discard its state: --drop-state {id}"))
}
