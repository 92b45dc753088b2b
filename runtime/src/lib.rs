//! Streams, steps, time, state and running of Flowstone's dataflows.
pub mod bound;
pub mod clock;
pub mod error;
pub mod graph;
pub mod sink;
pub mod source;
