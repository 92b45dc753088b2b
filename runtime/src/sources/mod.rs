//! Simple sources: an iterator, a polled function, one iterator per worker.

mod iter;
mod per_worker;
mod polling;

pub use iter::{Iter, iter};
pub use per_worker::{PerWorker, per_worker};
pub use polling::{Poll, Polling, polling, polling_from};
