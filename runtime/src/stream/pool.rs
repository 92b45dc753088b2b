//! Vectors that are filled again: on their way back from the reader of an edge to its writer.

use std::cell::RefCell;
use std::rc::Rc;

/// Empty vectors on their way back from the reader of an edge to its writer: timely frees a container otherwise.
pub(crate) struct Pool<T> {
    pub(super) capacity: usize,
    vectors: Rc<RefCell<Vec<Vec<T>>>>,
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Pool { capacity: self.capacity, vectors: Rc::clone(&self.vectors) }
    }
}

/// As many vectors are kept as may be on the way at a time; more would only grow cold.
const POOLED: usize = 8;

impl<T> Pool<T> {
    /// A pool of vectors for `capacity` items each.
    pub(crate) fn new(capacity: usize) -> Self {
        Pool { capacity, vectors: Rc::default() }
    }

    pub(crate) fn take(&self) -> Vec<T> {
        self.vectors.borrow_mut().pop().unwrap_or_else(|| Vec::with_capacity(self.capacity))
    }

    /// Takes back a vector that has been read, if it has the pool's capacity: one that was decoded from the network has
    /// just the capacity of what was in it.
    pub(crate) fn give_back(&self, mut vector: Vec<T>) {
        vector.clear();
        let mut vectors = self.vectors.borrow_mut();
        if vectors.len() < POOLED && vector.capacity() >= self.capacity {
            vectors.push(vector);
        }
    }
}
