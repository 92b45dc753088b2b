//! What both sides read and write: events made beforehand, and a place for rows.

use super::made;
pub(crate) use super::made::{Auction, Bid, Event, Person};

/// Events that are there already: making one up costs more than most queries do with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Events {
    all: &'static [Event],
}

impl Events {
    /// They stay until the process ends.
    pub(crate) fn new(count: u64) -> Events {
        Events { all: made::Events { count, seed: 42, rate: 10_000 }.share(0, 1).collect::<Vec<_>>().leak() }
    }

    pub(crate) fn count(self) -> u64 {
        self.all.len() as u64
    }

    /// The events of one worker, in the order of time.
    pub(crate) fn share(self, worker: usize, workers: usize) -> impl Iterator<Item = Event> + 'static {
        (worker..self.all.len()).step_by(workers).map(move |n| self.all[n].clone())
    }
}
