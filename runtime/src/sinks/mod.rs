//! Sinks around sinks.

mod by_key;

pub use by_key::{ByKey, by_key};
