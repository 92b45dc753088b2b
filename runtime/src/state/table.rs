//! The table of one worker's keys: found by a hash that is computed once, where the item was sent from.

use crate::clock::Timestamp;
use hashbrown::HashTable;
use hashbrown::hash_table::{Entry, OccupiedEntry};

/// A key, its state, and the timer it has set.
pub(super) struct Slot<K, S> {
    pub(super) hash: u64,
    pub(super) key: K,
    pub(super) state: S,
    pub(super) notify_at: Option<Timestamp>,
    /// The epoch of the record in which it last changed and of which it has not been written: see [`super::record`].
    pub(super) changed: u32,
    /// True where an earlier epoch's snapshot has it.
    pub(super) stored: bool,
}

pub(super) struct Table<K, S> {
    slots: HashTable<Slot<K, S>>,
}

impl<K: Eq, S> Table<K, S> {
    pub(super) fn new() -> Self {
        Table { slots: HashTable::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slot of `key`, made by `start` where there is none, and the key itself where the slot did not need it.
    #[inline(always)]
    pub(super) fn find_or_insert(
        &mut self,
        hash: u64,
        key: K,
        start: impl FnOnce(&K) -> S,
    ) -> (OccupiedEntry<'_, Slot<K, S>>, Option<K>) {
        match self.slots.entry(hash, |slot| slot.hash == hash && slot.key == key, |slot| slot.hash) {
            Entry::Occupied(entry) => (entry, Some(key)),
            Entry::Vacant(entry) => {
                let state = start(&key);
                (entry.insert(Slot { hash, key, state, notify_at: None, changed: 0, stored: false }), None)
            }
        }
    }

    /// A slot with this hash and this timer. There may be more than one: they are found one after the other, as each is
    /// given another timer.
    pub(super) fn find_due(&mut self, hash: u64, at: Timestamp) -> Option<OccupiedEntry<'_, Slot<K, S>>> {
        self.slots.find_entry(hash, |slot| slot.hash == hash && slot.notify_at == Some(at)).ok()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Finds a slot by its hash and what else `is` asks.
    pub(super) fn find_by(&mut self, hash: u64, mut is: impl FnMut(&Slot<K, S>) -> bool) -> Option<&mut Slot<K, S>> {
        self.slots.find_mut(hash, |slot| slot.hash == hash && is(slot))
    }

    /// Where a slot is that has this hash and what else `is` asks, until the table changes.
    #[inline(always)]
    pub(super) fn bucket_of(&self, hash: u64, is: impl Fn(&Slot<K, S>) -> bool) -> Option<usize> {
        self.slots.find_bucket_index(hash, |slot| slot.hash == hash && is(slot))
    }

    /// The slot that is there.
    #[inline(always)]
    pub(super) fn at(&mut self, bucket: usize) -> Option<&mut Slot<K, S>> {
        self.slots.get_bucket_mut(bucket)
    }

    /// How many slots there is room for, one behind the other.
    pub(super) fn buckets(&self) -> usize {
        self.slots.num_buckets()
    }

    /// Puts a slot in, of a key that has none.
    pub(super) fn insert(&mut self, slot: Slot<K, S>) {
        self.slots.insert_unique(slot.hash, slot, |slot| slot.hash);
    }

    /// Every slot.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot<K, S>> {
        self.slots.iter()
    }

    /// Every slot, to be changed.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot<K, S>> {
        self.slots.iter_mut()
    }

    /// Visits every slot; those for which `keep` says no are removed.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut Slot<K, S>) -> bool) {
        self.slots.retain(keep);
    }
}
