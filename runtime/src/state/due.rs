//! The timers that keys have set, the next one first.

use crate::base::clock::Timestamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A timer that a key has set. The key itself is found by its hash, so that setting one clones nothing.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Due {
    pub(super) at: Timestamp,
    pub(super) hash: u64,
}

/// The timers of one step on one worker. One that its key has since moved or dropped is passed over by who takes it.
pub(super) struct Dues {
    heap: BinaryHeap<Reverse<Due>>,
}

impl Dues {
    pub(super) fn new() -> Self {
        Dues { heap: BinaryHeap::new() }
    }

    #[inline]
    pub(super) fn push(&mut self, due: Due) {
        self.heap.push(Reverse(due));
    }

    /// The moment of the next one.
    #[inline(always)]
    pub(super) fn next(&self) -> Option<Timestamp> {
        self.heap.peek().map(|Reverse(due)| due.at)
    }

    /// The next one, if its moment has come.
    pub(super) fn pop(&mut self, now: Timestamp) -> Option<Due> {
        if self.next()? > now {
            return None;
        }
        self.heap.pop().map(|Reverse(due)| due)
    }

    /// How many there are, those that are passed over too.
    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }

    /// Puts these in place of all.
    pub(super) fn replace(&mut self, dues: impl Iterator<Item = Due>) {
        self.heap = dues.map(Reverse).collect();
    }

    pub(super) fn clear(&mut self) {
        self.heap.clear();
    }
}
