//! What one worker knows of the flow's idle time.

use super::control::IdleMessage;
use super::rounds::Rounds;
use super::shared::Shared;
use crate::base::clock::Timestamp;
use crate::base::time::Time;
use std::cell::{Cell, RefCell};

/// What a worker knows of the flow's idle time, beside what its process does.
pub(super) struct Idling {
    /// When its sources were last asked to look whether there is something to read.
    pub(super) asked: Cell<i64>,
    /// The total for which it waits, as the process knows, and as worker 0 does.
    pub(super) wanted: Cell<Option<Timestamp>>,
    pub(super) reported: Cell<Option<Timestamp>>,
    /// On worker 0 of several processes.
    pub(super) rounds: RefCell<Option<Rounds>>,
    /// What is to be said once no operator runs.
    pub(super) outbox: RefCell<Vec<IdleMessage>>,
}

/// What is known of a source.
pub(crate) struct SourceIdle {
    /// Its number in its process.
    pub(super) number: usize,
    /// When the first of its partitions was last polled and reported nothing; `None` where one of them may have something.
    pub(super) nothing: Cell<Option<i64>>,
    /// Since when there has been nothing, and what had been read was processed.
    pub(super) since: Cell<Option<i64>>,
    /// The last time at which it read anything.
    pub(super) read: Cell<Option<Time>>,
}

impl SourceIdle {
    pub(super) fn new(number: usize) -> SourceIdle {
        SourceIdle { number, nothing: Cell::default(), since: Cell::default(), read: Cell::default() }
    }

    /// It has read something at this time.
    pub(crate) fn set_read(&self, time: Time) {
        self.read.set(Some(time));
    }
}

impl Idling {
    pub(super) fn new(index: usize, peers: usize, here: usize, shared: &Shared) -> Idling {
        let coordinates = index == 0 && peers > here;
        let rounds = coordinates.then(|| Rounds::new(peers / here, peers, shared.idle.total(|| 0).0));
        Idling {
            asked: Cell::new(i64::MIN),
            wanted: Cell::default(),
            reported: Cell::default(),
            rounds: RefCell::new(rounds),
            outbox: RefCell::default(),
        }
    }
}
