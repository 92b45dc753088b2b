//! Calls of the outside world: the runtime of object stores, and pauses between tries.

mod backoff;
mod runtime;

pub use backoff::Retry;
pub(crate) use runtime::{AT_ONCE, Io, PAUSES};
