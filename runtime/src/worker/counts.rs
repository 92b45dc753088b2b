//! What the workers of one process count together: keys held, late items, wake-ups.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The counts of one process.
#[derive(Default)]
pub(crate) struct Counts {
    steps: Mutex<BTreeMap<&'static str, Arc<StepCounts>>>,
    /// How often a timer has activated an operator.
    pub(crate) wakeups: AtomicU64,
}

/// The counts of one step. They are changed once a batch, or for what is rare.
#[derive(Default)]
pub(crate) struct StepCounts {
    keys: AtomicU64,
    most_keys: AtomicU64,
    late: AtomicU64,
    retries: AtomicU64,
    /// True where somebody reads what is late.
    pub(crate) late_is_read: AtomicBool,
}

impl Counts {
    /// The counts of the step with this id.
    pub(crate) fn of(&self, step: &'static str) -> Arc<StepCounts> {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(steps.entry(step).or_default())
    }

    /// The counts of every step that has some, by id.
    pub(crate) fn all(&self) -> Vec<(&'static str, Arc<StepCounts>)> {
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.iter().map(|(step, counts)| (*step, Arc::clone(counts))).collect()
    }
}

impl StepCounts {
    /// A worker holds so many keys, and held so many when it last said so.
    pub(crate) fn hold(&self, before: usize, now: usize) {
        let (before, now) = (before as u64, now as u64);
        let held = if now >= before {
            self.keys.fetch_add(now - before, Ordering::Relaxed) + (now - before)
        } else {
            self.keys.fetch_sub(before - now, Ordering::Relaxed) - (before - now)
        };
        self.most_keys.fetch_max(held, Ordering::Relaxed);
    }

    /// How many keys all workers hold, and the most that they have held.
    pub(crate) fn keys(&self) -> (u64, u64) {
        (self.keys.load(Ordering::Relaxed), self.most_keys.load(Ordering::Relaxed))
    }

    pub(crate) fn add_late(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    /// A source or sink tries again what has failed.
    pub(crate) fn add_retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    pub(crate) fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }
}
