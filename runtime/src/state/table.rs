//! The table of one worker's keys: found by a hash that is computed once, where the item was sent from.

use super::flag::DirtyFlag;
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key};
use hashbrown::HashTable;
pub(crate) use hashbrown::hash_table::Drain;
use hashbrown::hash_table::OccupiedEntry;
use serde::Serialize;

/// What a table has for each key.
pub(crate) trait Slotted {
    /// By which it is found.
    type Key: Eq;
    type State: Data;
    /// What all slots of a table have in common, and none of them has itself.
    type Of: Copy;
    /// The key by which a snapshot has it.
    type Stored: Key;

    fn hash(&self) -> u64;
    fn key(&self) -> &Self::Key;
    fn state(&self) -> &Self::State;
    fn flag(&self) -> DirtyFlag;
    fn flag_mut(&mut self) -> &mut DirtyFlag;

    /// The key for a snapshot.
    fn stored(&self, of: Self::Of) -> Self::Stored;

    /// The same as it is written, without a copy of it.
    fn to_write(&self, of: Self::Of) -> impl Serialize + '_;
}

/// A key, its state, and what else is known of it.
pub(super) struct Slot<K, S> {
    pub(super) hash: u64,
    pub(super) key: K,
    pub(super) state: S,
    /// The moment of its due, which is not later than that for which it asks; the latest there is where it has none.
    pub(super) due: Timestamp,
    pub(super) flag: DirtyFlag,
}

impl<K, S> Slot<K, S> {
    pub(super) fn new(hash: u64, key: K, state: S, flag: DirtyFlag) -> Self {
        Slot { hash, key, state, due: Timestamp::MAX, flag }
    }
}

impl<K: Key, S: Data> Slotted for Slot<K, S> {
    type Key = K;
    type State = S;
    type Of = ();
    type Stored = K;

    #[inline(always)]
    fn hash(&self) -> u64 {
        self.hash
    }

    fn key(&self) -> &K {
        &self.key
    }

    fn state(&self) -> &S {
        &self.state
    }

    #[inline(always)]
    fn flag(&self) -> DirtyFlag {
        self.flag
    }

    #[inline(always)]
    fn flag_mut(&mut self) -> &mut DirtyFlag {
        &mut self.flag
    }

    fn stored(&self, (): ()) -> K {
        self.key.clone()
    }

    fn to_write(&self, (): ()) -> impl Serialize + '_ {
        &self.key
    }
}

pub(crate) struct Table<E> {
    slots: HashTable<E>,
}

impl<E: Slotted> Table<E> {
    pub(crate) fn new() -> Self {
        Table { slots: HashTable::new() }
    }

    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slot of a key.
    #[inline(always)]
    pub(crate) fn find(&mut self, hash: u64, key: &E::Key) -> Option<&mut E> {
        self.slots.find_mut(hash, |slot| slot.key() == key)
    }

    /// Finds a slot by its hash and what else `is` asks.
    pub(crate) fn find_by(&mut self, hash: u64, mut is: impl FnMut(&E) -> bool) -> Option<&mut E> {
        self.slots.find_mut(hash, |slot| slot.hash() == hash && is(slot))
    }

    /// Where a slot is that has this hash and what else `is` asks, until the table changes.
    #[inline(always)]
    pub(super) fn bucket_of(&self, hash: u64, is: impl Fn(&E) -> bool) -> Option<usize> {
        self.slots.find_bucket_index(hash, |slot| slot.hash() == hash && is(slot))
    }

    /// The slot that is there.
    #[inline(always)]
    pub(super) fn at(&mut self, bucket: usize) -> Option<&mut E> {
        self.slots.get_bucket_mut(bucket)
    }

    /// How many slots there is room for, one behind the other.
    pub(super) fn buckets(&self) -> usize {
        self.slots.num_buckets()
    }

    /// Puts a slot in, of a key that has none.
    #[inline(always)]
    pub(crate) fn insert(&mut self, hash: u64, slot: E) -> &mut E {
        self.slots.insert_unique(hash, slot, E::hash).into_mut()
    }

    /// Every slot.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &E> {
        self.slots.iter()
    }

    /// Every slot, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut E> {
        self.slots.iter_mut()
    }

    /// Visits every slot; those for which `keep` says no are removed.
    pub(super) fn retain(&mut self, keep: impl FnMut(&mut E) -> bool) {
        self.slots.retain(keep);
    }

    /// Takes out all slots. The table keeps its memory for as many as there were.
    pub(crate) fn drain(&mut self) -> Drain<'_, E> {
        // What one large window took is not held for good.
        let room = 4 * self.slots.len().max(16);
        if self.slots.capacity() > room {
            self.slots.shrink_to(room, E::hash);
        }
        self.slots.drain()
    }
}

impl<K: Key, S: Data> Table<Slot<K, S>> {
    /// The slot of `key`, with the state that `start` makes where there is none, and the key itself where the slot did not need
    /// it.
    #[inline(always)]
    pub(super) fn find_or_insert(
        &mut self,
        hash: u64,
        key: K,
        start: impl FnOnce(&K) -> S,
    ) -> (OccupiedEntry<'_, Slot<K, S>>, Option<K>) {
        match self.slots.find_entry(hash, |slot| slot.key == key) {
            Ok(entry) => (entry, Some(key)),
            // `entry` would see to it that there is room, whether or not there is a slot.
            Err(absent) => {
                let state = start(&key);
                let slot = Slot::new(hash, key, state, DirtyFlag::default());
                (absent.into_table().insert_unique(hash, slot, |slot| slot.hash), None)
            }
        }
    }

    /// A slot with this hash for which `is` holds.
    #[inline(always)]
    pub(super) fn find_entry(
        &mut self,
        hash: u64,
        mut is: impl FnMut(&Slot<K, S>) -> bool,
    ) -> Option<OccupiedEntry<'_, Slot<K, S>>> {
        self.slots.find_entry(hash, |slot| slot.hash == hash && is(slot)).ok()
    }
}
