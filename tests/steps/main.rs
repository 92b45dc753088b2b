//! What each step does, through the macro and on several workers.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod aggregates;
#[path = "../common/mod.rs"]
mod common;
mod epochs;
mod finals;
mod keyed;
mod language;
mod panics;
mod placement;
mod plumbing;
mod sizes;
mod stateful;
mod stateless;

use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;

/// The numbers below `n`, a share of them on every worker.
fn below(n: u64) -> flowstone::sources::PerWorker<impl Fn(usize, usize) -> std::iter::StepBy<std::ops::Range<u64>>> {
    per_worker(move |worker, workers| (worker as u64..n).step_by(workers))
}

/// One batch after the other, on a clock that stands at zero until a script moves it.
fn lockstep(config: &Config) -> Config {
    config.clone().lockstep().clock(Clock::manual(Timestamp(0)))
}

/// The values of one key, in the order in which they came.
fn of<K: PartialEq, V: Clone>(rows: &[(K, V)], key: K) -> Vec<V> {
    rows.iter().filter(|(of, _)| *of == key).map(|(_, value)| value.clone()).collect()
}
