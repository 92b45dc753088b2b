//! What a test changes about how workers exchange batches, by a seed: see
//! [`Config::perturbed`](crate::exec::Config::perturbed).

use std::cell::RefCell;
use std::rc::Rc;

/// The choices of one worker, in an order that its seed gives.
#[derive(Clone)]
pub(crate) struct Perturbed(Rc<RefCell<fastrand::Rng>>);

/// The most items in a batch.
const LARGEST_BATCH: usize = 8;

impl Perturbed {
    pub(crate) fn new(seed: u64) -> Perturbed {
        Perturbed(Rc::new(RefCell::new(fastrand::Rng::with_seed(seed))))
    }

    /// How many items go in one batch.
    pub(crate) fn capacity(&self) -> usize {
        1 + self.below(LARGEST_BATCH)
    }

    /// True in one of `cases`.
    pub(crate) fn one_in(&self, cases: usize) -> bool {
        self.below(cases) == 0
    }

    /// A number below `limit`, which is at least 1.
    pub(crate) fn below(&self, limit: usize) -> usize {
        self.0.borrow_mut().usize(..limit)
    }
}
