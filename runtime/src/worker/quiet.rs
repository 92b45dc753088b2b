//! The time during which nothing is being read, by any process: by it the watermarks of quiet keys move on.

use crate::clock::Timestamp;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The quiet time, as one process knows it.
#[derive(Default)]
pub(crate) struct Quiet(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many sources of this process have more to read at once.
    reading: usize,
    /// The workers of other processes that read, as far as they have told.
    elsewhere: BTreeSet<usize>,
    /// What had been quiet at `since`.
    total: i64,
    /// The flow's clock when it was last asked; `None` before the first time.
    since: Option<Timestamp>,
}

impl Quiet {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on from what the execution before had.
    pub(crate) fn resume(&self, total: i64) {
        self.locked().total = total;
    }

    /// The quiet time so far. A clock that is set back takes nothing from it.
    pub(crate) fn now(&self, system: Timestamp) -> Timestamp {
        self.locked().advance(system)
    }

    /// The quiet time so far, and whether it is moving.
    pub(crate) fn moving(&self, system: Timestamp) -> Option<Timestamp> {
        let mut state = self.locked();
        let now = state.advance(system);
        state.is_quiet().then_some(now)
    }

    /// One source more, or less, has something to read at once; true where it was the last one that had.
    pub(crate) fn set_reading(&self, reading: bool, system: Timestamp) -> bool {
        let mut state = self.locked();
        state.advance(system);
        if reading {
            state.reading += 1;
        } else {
            state.reading = state.reading.saturating_sub(1);
        }
        state.is_quiet()
    }

    /// A worker of another process reads, or has nothing to read; true where nobody reads any more.
    pub(crate) fn set_elsewhere(&self, worker: usize, reading: bool, system: Timestamp) -> bool {
        let mut state = self.locked();
        state.advance(system);
        if reading {
            state.elsewhere.insert(worker);
        } else {
            state.elsewhere.remove(&worker);
        }
        state.is_quiet()
    }
}

impl State {
    fn is_quiet(&self) -> bool {
        self.reading == 0 && self.elsewhere.is_empty()
    }

    fn advance(&mut self, system: Timestamp) -> Timestamp {
        if self.is_quiet()
            && let Some(since) = self.since
        {
            self.total = self.total.saturating_add(system.0.saturating_sub(since.0).max(0));
        }
        self.since = Some(system);
        Timestamp(self.total)
    }
}
