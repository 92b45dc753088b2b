//! How far the partitions of aligned inputs are, worker by worker.

use crate::base::clock::Timestamp;
use std::cell::RefCell;

/// How far the slowest partition of each aligned input is on each worker. A worker that has said nothing yet holds all others
/// back; one of which no partition counts holds none.
#[derive(Default)]
pub(super) struct AlignedInputs(RefCell<Vec<Vec<Option<Timestamp>>>>);

impl AlignedInputs {
    /// One input more, with the number that it has on every worker.
    pub(super) fn add(&self, workers: usize) -> usize {
        let mut inputs = self.0.borrow_mut();
        inputs.push(vec![Some(Timestamp::MIN); workers]);
        inputs.len() - 1
    }

    /// A worker says how far it is.
    pub(super) fn set(&self, input: usize, worker: usize, stands: Option<Timestamp>) {
        if let Some(at) = self.0.borrow_mut().get_mut(input).and_then(|workers| workers.get_mut(worker)) {
            *at = stands;
        }
    }

    /// What a worker has said last.
    pub(super) fn of(&self, input: usize, worker: usize) -> Option<Timestamp> {
        self.0.borrow()[input][worker]
    }

    /// How far the slowest of all other workers is; `None` where none of them counts.
    pub(super) fn others(&self, input: usize, worker: usize) -> Option<Timestamp> {
        let inputs = self.0.borrow();
        let others = inputs[input].iter().enumerate().filter(|(other, _)| *other != worker);
        others.filter_map(|(_, stands)| *stands).min()
    }
}
