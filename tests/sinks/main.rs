//! What holds for every sink: its writer's own thread, faults that pass, batches.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod batching;
mod faults;
#[path = "../recovery/random.rs"]
mod random;
mod threads;

use flowstone::prelude::*;

/// The numbers below `n`, a share of them on every worker.
fn below(n: u64) -> flowstone::sources::PerWorker<impl Fn(usize, usize) -> std::iter::StepBy<std::ops::Range<u64>>> {
    per_worker(move |worker, workers| (worker as u64..n).step_by(workers))
}
