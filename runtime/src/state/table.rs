//! The table of one worker's keys: found by a hash that is computed once, where the item was sent from.

use crate::clock::Timestamp;
use hashbrown::HashTable;
use hashbrown::hash_table::{Entry, OccupiedEntry};

/// A key, its state, and what else is known of it.
pub(crate) struct Slot<K, S, T = Timestamp> {
    pub(crate) hash: u64,
    pub(crate) key: K,
    pub(crate) state: S,
    /// When something is due, or whatever else stands in its place.
    pub(crate) timer: T,
    /// The epoch of the record in which it last changed and of which it has not been written: see [`super::record`].
    pub(super) changed: u32,
    /// True where an earlier epoch's snapshot has it.
    pub(super) stored: bool,
}

impl<K, S, T> Slot<K, S, T> {
    /// A slot that no snapshot has.
    #[inline(always)]
    pub(crate) fn new(hash: u64, key: K, state: S, timer: T) -> Self {
        Slot { hash, key, state, timer, changed: 0, stored: false }
    }
}

pub(crate) struct Table<K, S, T = Timestamp> {
    slots: HashTable<Slot<K, S, T>>,
}

impl<K: Eq, S, T> Table<K, S, T> {
    pub(crate) fn new() -> Self {
        Table { slots: HashTable::new() }
    }

    /// The slot of `key`, with the state and the timer that `start` makes where there is none, and the key itself where the
    /// slot did not need it.
    #[inline(always)]
    pub(crate) fn find_or_insert(
        &mut self,
        hash: u64,
        key: K,
        start: impl FnOnce(&K) -> (S, T),
    ) -> (OccupiedEntry<'_, Slot<K, S, T>>, Option<K>) {
        match self.slots.entry(hash, |slot| slot.hash == hash && slot.key == key, |slot| slot.hash) {
            Entry::Occupied(entry) => (entry, Some(key)),
            Entry::Vacant(entry) => {
                let (state, timer) = start(&key);
                (entry.insert(Slot::new(hash, key, state, timer)), None)
            }
        }
    }

    /// A slot with this hash for which `is` holds.
    #[inline(always)]
    pub(crate) fn find_entry(
        &mut self,
        hash: u64,
        mut is: impl FnMut(&Slot<K, S, T>) -> bool,
    ) -> Option<OccupiedEntry<'_, Slot<K, S, T>>> {
        self.slots.find_entry(hash, |slot| slot.hash == hash && is(slot)).ok()
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Finds a slot by its hash and what else `is` asks.
    pub(crate) fn find_by(
        &mut self,
        hash: u64,
        mut is: impl FnMut(&Slot<K, S, T>) -> bool,
    ) -> Option<&mut Slot<K, S, T>> {
        self.slots.find_mut(hash, |slot| slot.hash == hash && is(slot))
    }

    /// Where a slot is that has this hash and what else `is` asks, until the table changes.
    #[inline(always)]
    pub(super) fn bucket_of(&self, hash: u64, is: impl Fn(&Slot<K, S, T>) -> bool) -> Option<usize> {
        self.slots.find_bucket_index(hash, |slot| slot.hash == hash && is(slot))
    }

    /// The slot that is there.
    #[inline(always)]
    pub(super) fn at(&mut self, bucket: usize) -> Option<&mut Slot<K, S, T>> {
        self.slots.get_bucket_mut(bucket)
    }

    /// How many slots there is room for, one behind the other.
    pub(super) fn buckets(&self) -> usize {
        self.slots.num_buckets()
    }

    /// Puts a slot in, of a key that has none.
    pub(super) fn insert(&mut self, slot: Slot<K, S, T>) {
        self.slots.insert_unique(slot.hash, slot, |slot| slot.hash);
    }

    /// Every slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Slot<K, S, T>> {
        self.slots.iter()
    }

    /// Every slot, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot<K, S, T>> {
        self.slots.iter_mut()
    }

    /// Visits every slot; those for which `keep` says no are removed.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut Slot<K, S, T>) -> bool) {
        self.slots.retain(keep);
    }
}
