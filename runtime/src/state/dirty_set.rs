//! The keys that changed in an epoch, found again in the table: by their hashes where they are few; where they are many in
//! the order of the table, which its memory is read in much faster.
//!
//! Slots say themselves in which epoch they changed. So the table may change between two calls as it likes: a walk through it
//! that has come to its end begins again while keys are left.

use super::flag::Epoch;
use super::table::{Slotted, Table};
use std::time::{Duration, Instant};

/// How many hashes are looked up before the first of their slots is read: so that the processor waits for all of them at once.
const TOGETHER: usize = 32;
/// Where fewer keys than one in so many have changed, finding each is faster than a walk past all of them.
const DENSE: usize = 8;
/// So few are never worth a walk.
const FEW: usize = 1024;
/// What passing a slot counts for in a [`WriteBudget`], and what a key does beside its bytes.
const PASSED: usize = 8;
const WRITTEN: usize = 64;

/// The keys that changed in an epoch and are not written.
pub(super) struct DirtySet {
    left: usize,
    /// Their hashes, while there are no more than `few`.
    hashes: Option<Vec<u64>>,
    few: usize,
    /// Where a walk through the table goes on.
    bucket: usize,
}

impl DirtySet {
    /// None so far, in a table of so many keys.
    pub(super) fn new(keys: usize) -> Self {
        DirtySet { left: 0, hashes: Some(Vec::new()), few: (keys / DENSE).max(FEW), bucket: 0 }
    }

    /// One more.
    pub(super) fn note(&mut self, hash: u64) {
        self.left += 1;
        if let Some(hashes) = &mut self.hashes {
            if hashes.len() < self.few {
                hashes.push(hash);
            } else {
                self.hashes = None;
            }
        }
    }

    /// One of them has been written out of turn, or is no longer in the table.
    #[inline]
    pub(super) fn done(&mut self) {
        self.left -= 1;
    }

    /// Has slots that changed in `epoch` written, until the slice is over; `write` gives the bytes that it came to, and
    /// leaves the slot as one that has not changed. True when all are.
    pub(super) fn write<E: Slotted>(
        &mut self,
        table: &mut Table<E>,
        epoch: Epoch,
        slice: &mut WriteBudget,
        mut write: impl FnMut(&mut E) -> usize,
    ) -> bool {
        let Some(hashes) = &mut self.hashes else {
            return self.walk(table, epoch, slice, write);
        };
        let mut found = Vec::with_capacity(TOGETHER);
        while !hashes.is_empty() && !slice.is_over() {
            found.clear();
            for hash in hashes.drain(hashes.len().saturating_sub(TOGETHER)..) {
                found.extend(table.bucket_of(hash, |slot| epoch.is_of(slot.flag())).map(|bucket| (hash, bucket)));
            }
            for &(hash, bucket) in &found {
                let first = table.at(bucket).filter(|slot| epoch.is_of(slot.flag()));
                let slot = match first {
                    Some(_) => table.at(bucket),
                    // Two keys with one hash: each lookup has found the same.
                    None => table.find_by(hash, |slot| epoch.is_of(slot.flag())),
                };
                if let Some(slot) = slot {
                    slice.spend(WRITTEN + write(slot));
                }
            }
        }
        hashes.is_empty()
    }

    fn walk<E: Slotted>(
        &mut self,
        table: &mut Table<E>,
        epoch: Epoch,
        slice: &mut WriteBudget,
        mut write: impl FnMut(&mut E) -> usize,
    ) -> bool {
        // Once around is enough: in one call nothing moves.
        for _ in 0..table.buckets() {
            if self.left == 0 || slice.is_over() {
                return self.left == 0;
            }
            if self.bucket >= table.buckets() {
                self.bucket = 0;
            }
            slice.spend(PASSED);
            if let Some(slot) = table.at(self.bucket).filter(|slot| epoch.is_of(slot.flag())) {
                slice.spend(WRITTEN + write(slot));
                self.left -= 1;
            }
            self.bucket += 1;
        }
        debug_assert_eq!(self.left, 0, "a slot that changed is in the table until it is written");
        true
    }
}

/// The time that a round may take.
pub(super) struct WriteBudget {
    /// When it began, and how long it lasts; `None` is without end.
    time: Option<(Instant, Duration)>,
    /// The bytes since the last look at the time.
    bytes: usize,
    over: bool,
}

/// The bytes between two looks at the time.
const LOOK: usize = 16 << 10;

impl WriteBudget {
    pub(super) fn new(time: Option<Duration>) -> Self {
        WriteBudget { time: time.map(|time| (Instant::now(), time)), bytes: 0, over: false }
    }

    #[inline(always)]
    pub(super) fn spend(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes >= LOOK {
            self.bytes = 0;
            self.over = self.time.is_some_and(|(start, time)| start.elapsed() >= time);
        }
    }

    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.over
    }
}

#[cfg(test)]
mod tests {
    use super::super::flag::DirtyFlag;
    use super::super::table::Slot;
    use super::*;
    use crate::base::data::hash_key;

    const KEYS: u64 = 20_000;
    const EPOCH: Epoch = Epoch::FIRST;

    /// Some keys have one hash.
    fn hash_of(key: u64) -> u64 {
        hash_key(&key.max(20))
    }

    type Plain = Slot<u64, ()>;

    fn insert(table: &mut Table<Plain>, key: u64) {
        table.insert(hash_of(key), Slot::new(hash_of(key), key, (), DirtyFlag::default()));
    }

    fn find(table: &mut Table<Plain>, key: u64) -> &mut Plain {
        table.find(hash_of(key), &key).expect("it was put in")
    }

    #[test]
    fn each_key_is_written_once_however_the_table_changes_between_slices() {
        for (many, named) in [(15, true), (KEYS / 10, true), (KEYS / 2, false), (KEYS, false)] {
            let mut table = Table::new();
            (0..KEYS).for_each(|key| insert(&mut table, key));
            let mut changed = DirtySet::new(table.len());
            for key in 0..many {
                let slot = find(&mut table, key);
                slot.flag.set_changed(EPOCH);
                changed.note(slot.hash);
            }
            assert_eq!(changed.hashes.is_some(), named);
            table.retain(|slot| slot.key != 3);
            changed.done();
            let (mut written, mut new, mut slices) = (Vec::new(), KEYS, 0);
            loop {
                let done = changed.write(&mut table, EPOCH, &mut WriteBudget::new(Some(Duration::ZERO)), |slot| {
                    slot.flag.set_changed(Epoch::NONE);
                    written.push(slot.key);
                    8
                });
                slices += 1;
                if done {
                    break;
                }
                for _ in 0..1000 {
                    insert(&mut table, new);
                    new += 1;
                }
                let early = find(&mut table, many - 1 - slices);
                if EPOCH.is_of(early.flag) {
                    early.flag.set_changed(Epoch::NONE);
                    written.push(early.key);
                    changed.done();
                }
            }
            written.sort_unstable();
            assert_eq!(written, (0..many).filter(|key| *key != 3).collect::<Vec<_>>());
            assert!(slices > many / 1000, "{slices} slices");
        }
    }
}
