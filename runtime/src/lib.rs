//! Streams, steps, time, state and running of Flowstone's dataflows. The crate `flowstone` is its face.

#[doc(hidden)]
pub mod __private;
mod base;
// In the docs alone: rustc writes out the paths of what is hidden, and messages name these traits.
#[cfg_attr(doc, doc(hidden))]
pub mod check;
pub mod exec;
mod io;
pub mod joins;
pub mod ops;
pub mod sink;
pub mod sinks;
pub mod snapshot;
pub mod source;
pub mod sources;
pub mod state;
pub mod stream;
pub mod testing;
pub mod windows;
mod worker;

pub use base::{bound, clock, data, error, graph, time};
pub use snapshot as recovery;
