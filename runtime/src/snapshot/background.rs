//! The way from the workers of a process to the thread that writes snapshots, and back.

use super::{Commit, ExecutionId, PartBuilder, PartRef};
use serde::{Deserialize, Serialize};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the background is to do.
pub(crate) enum Job {
    /// Write a worker's parts, and say that they are durable.
    Write { parts: Vec<PartBuilder>, durable: Durable },
    /// Commit, and say that everything up to this epoch is: `u64::MAX` at the end.
    Commit { up_to: u64, commit: Commit },
}

/// A worker's parts up to `passed` are durable.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Durable {
    pub(crate) worker: usize,
    pub(crate) passed: u64,
    /// The epoch up to which the worker's sinks had committed.
    pub(crate) sunk: u64,
    /// True where a sink that puts everything out once has prepared something.
    pub(crate) exactly_once: bool,
    /// The flow's idle time at the end of each epoch up to `passed` that the worker has not reported before.
    pub(crate) idle: Vec<(u64, i64)>,
    pub(crate) parts: Vec<PartRef>,
}

/// A worker's handle on the background.
#[derive(Clone)]
pub(crate) struct Background {
    pub(crate) jobs: Sender<Job>,
    pub(crate) answers: Arc<Answers>,
    /// What parts are named by.
    pub(crate) id: ExecutionId,
}

/// What the background has done and no worker has taken up.
#[derive(Default)]
pub(crate) struct Answers(Mutex<State>);

#[derive(Default)]
struct State {
    durable: Vec<Durable>,
    committed: Option<u64>,
}

impl Background {
    pub(crate) fn give(&self, job: Job) {
        // The thread is gone only where it failed, and then the flow is stopping.
        let _ = self.jobs.send(job);
    }
}

impl Answers {
    fn locked(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn durable(&self, durable: Durable) {
        self.locked().durable.push(durable);
    }

    pub(crate) fn committed(&self, up_to: u64) {
        self.locked().committed = Some(up_to);
    }

    /// What a worker has to tell.
    pub(crate) fn take(&self, worker: usize) -> (Vec<Durable>, Option<u64>) {
        let mut state = self.locked();
        let (mine, others) = std::mem::take(&mut state.durable).into_iter().partition(|one| one.worker == worker);
        state.durable = others;
        let committed = if worker == 0 { state.committed.take() } else { None };
        (mine, committed)
    }
}
