//! Sinks from closures, and sinks around sinks.

mod batched;
mod by_key;
mod for_each;

pub use batched::{Batched, batched};
pub use by_key::{ByKey, by_key};
pub use for_each::{ForEach, ForEachWriter, Outcome, for_each};
