//! Workers that take turns in an order that a seed chooses, so that a test's runs differ by their seed alone.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Which worker of a process may run: one at a time.
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    random: fastrand::Rng,
    /// The workers that take part, by their place in the process.
    present: Vec<bool>,
    /// How many have not yet come.
    missing: usize,
    current: usize,
    /// A worker that is left out, as a busy one would be, and for how many more turns.
    starved: (usize, usize),
}

/// The longest that a worker is left out, in turns.
const LONGEST_STARVATION: usize = 64;

impl Turns {
    pub(crate) fn new(seed: u64, workers: usize) -> Turns {
        let random = fastrand::Rng::with_seed(seed);
        let state = State { random, present: vec![true; workers], missing: workers, current: 0, starved: (0, 0) };
        Turns { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat for a worker: no turn begins before all have one, and those who have left theirs get none.
    pub(crate) fn join(&self, worker: usize) -> Seat<'_> {
        self.locked().missing -= 1;
        self.changed.notify_all();
        Seat { turns: self, worker }
    }

    fn pass_on(&self, mut state: MutexGuard<'_, State>) {
        state.choose();
        drop(state);
        self.changed.notify_all();
    }
}

/// A worker that takes part.
pub(crate) struct Seat<'a> {
    turns: &'a Turns,
    worker: usize,
}

impl Seat<'_> {
    /// Waits for the worker's turn, which lasts until what is returned is dropped.
    pub(crate) fn turn(&self) -> Turn<'_> {
        let mut state = self.turns.locked();
        while state.missing > 0 || state.current != self.worker {
            state = self.turns.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Turn(self.turns)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.locked();
        state.present[self.worker] = false;
        if state.current == self.worker {
            self.turns.pass_on(state);
        }
    }
}

/// One worker's turn.
pub(crate) struct Turn<'a>(&'a Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.pass_on(self.0.locked());
    }
}

impl State {
    /// Chooses whose turn is next.
    fn choose(&mut self) {
        let (starved, left) = self.starved;
        self.starved = match left {
            0 if self.random.usize(..8) == 0 => {
                (self.random.usize(..self.present.len()), self.random.usize(..LONGEST_STARVATION))
            }
            left => (starved, left.saturating_sub(1)),
        };
        let present = |worker: &usize| self.present[*worker];
        let all: Vec<usize> = (0..self.present.len()).filter(present).collect();
        let fed: Vec<usize> = all.iter().copied().filter(|worker| left == 0 || *worker != starved).collect();
        let from = if fed.is_empty() { all } else { fed };
        if !from.is_empty() {
            self.current = from[self.random.usize(..from.len())];
        }
    }
}
