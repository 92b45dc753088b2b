//! The timers that keys have set, the next one first.

use crate::clock::Timestamp;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// A timer that a key has set.
pub(super) struct Due<K> {
    pub(super) at: Timestamp,
    pub(super) hash: u64,
    pub(super) key: K,
}

/// The timers of one step on one worker. One that its key has since moved or dropped is passed over by who takes it.
pub(super) struct Dues<K> {
    heap: BinaryHeap<Reverse<Due<K>>>,
}

impl<K> Dues<K> {
    pub(super) fn new() -> Self {
        Dues { heap: BinaryHeap::new() }
    }

    pub(super) fn push(&mut self, due: Due<K>) {
        self.heap.push(Reverse(due));
    }

    /// The moment of the next one.
    #[inline(always)]
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(due)| due.at)
    }

    /// The next one, if its moment has come.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Due<K>> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(due)| due)
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }
}

impl<K> PartialEq for Due<K> {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.hash) == (other.at, other.hash)
    }
}

impl<K> Eq for Due<K> {}

impl<K> PartialOrd for Due<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K> Ord for Due<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.hash).cmp(&(other.at, other.hash))
    }
}
