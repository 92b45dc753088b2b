//! The sinks and sources of one worker, as those that are notified of committed epochs.

use crate::snapshot::Output;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// The sinks and sources of one worker.
#[derive(Default)]
pub(super) struct Outputs {
    all: RefCell<Vec<Rc<dyn Output>>>,
    /// The last epoch that they have been notified of; `u64::MAX` at the end.
    committed: Cell<Option<u64>>,
}

impl Outputs {
    pub(super) fn add(&self, output: Rc<dyn Output>) {
        self.all.borrow_mut().push(output);
    }

    pub(super) fn committed(&self) -> Option<u64> {
        self.committed.get()
    }

    /// The epochs up to `epoch` are committed.
    pub(super) fn commit(&self, epoch: u64) {
        self.committed.set(Some(epoch));
        self.all.borrow().iter().for_each(|output| output.committed(epoch));
    }

    /// Takes up what writers have done on their own threads.
    pub(super) fn follow(&self) {
        self.all.borrow().iter().for_each(|output| output.follow());
    }

    /// The last epoch up to which all sinks have committed.
    pub(super) fn sunk(&self) -> u64 {
        self.all.borrow().iter().map(|output| output.sunk()).min().unwrap_or(u64::MAX)
    }

    /// True once every sink has closed.
    pub(super) fn are_closed(&self) -> bool {
        self.all.borrow().iter().all(|output| output.is_closed())
    }

    /// Lets go of them: they hold on to the worker themselves.
    pub(super) fn clear(&self) {
        self.all.borrow_mut().clear();
    }
}
