//! The place in which a flow is built: one worker's dataflow.

use crate::base::time::Time;
use crate::worker::WorkerCx;
use std::rc::Rc;
use timely::dataflow::Scope;

/// The place in which a flow is built: one worker's dataflow.
#[derive(Clone)]
pub struct Cx<'s> {
    pub(crate) scope: Scope<'s, Time>,
    pub(crate) worker: Rc<WorkerCx>,
}

impl<'s> Cx<'s> {
    /// The timely scope, for hand-written operators.
    #[must_use]
    pub fn scope(&self) -> Scope<'s, Time> {
        self.scope
    }

    /// This worker's number, from 0, over all processes.
    #[must_use]
    pub fn worker(&self) -> usize {
        self.worker.index
    }

    /// The number of workers, over all processes.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.worker.peers
    }
}
