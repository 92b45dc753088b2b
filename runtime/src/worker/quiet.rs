//! The time during which nothing is being read: by it the watermarks of quiet keys move on.

use crate::clock::Timestamp;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The quiet time of one process.
#[derive(Default)]
pub(crate) struct Quiet(Mutex<State>);

#[derive(Default)]
struct State {
    /// How many sources have more to read at once.
    reading: usize,
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
        (state.reading == 0).then_some(now)
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
        state.reading == 0
    }
}

impl State {
    fn advance(&mut self, system: Timestamp) -> Timestamp {
        if self.reading == 0
            && let Some(since) = self.since
        {
            self.total = self.total.saturating_add(system.0.saturating_sub(since.0).max(0));
        }
        self.since = Some(system);
        Timestamp(self.total)
    }
}
