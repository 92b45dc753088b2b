//! Input and output that blocks: the runtime of object stores, and how often a call is tried.

mod runtime;

pub(crate) use runtime::{AT_ONCE, Io, PAUSES};
