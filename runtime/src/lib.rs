//! Streams, steps, time, state and running of Flowstone's dataflows. The crate `flowstone` is its face.

#[doc(hidden)]
pub mod __private;
pub mod bound;
pub mod check;
mod check_windows;
pub mod clock;
pub mod data;
pub mod error;
pub mod exec;
pub mod graph;
pub mod joins;
pub mod ops;
pub mod recovery;
pub mod sink;
pub mod sinks;
pub mod source;
pub mod sources;
pub mod state;
pub mod stream;
pub mod testing;
pub mod time;
pub mod windows;
mod worker;
