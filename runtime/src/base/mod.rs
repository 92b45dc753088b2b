//! What every other folder needs, and what depends on none of them: time, clocks, what data must be, errors, the graph.

pub mod bound;
pub mod clock;
pub mod data;
pub mod error;
pub mod graph;
pub(crate) mod guarantee;
pub(crate) mod progress;
mod store_error;
pub mod time;
pub(crate) mod witness;

pub(crate) use store_error::HEAD;
pub use store_error::{FormatError, RecoveryError, Wrong};
