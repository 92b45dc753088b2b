//! What workers tell each other beside the flow.

use super::Durable;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What workers tell each other beside the flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum News {
    /// No source is to stay behind this time.
    Floor(Time),
    /// A process was told to stop: the others stop with it.
    Stop,
    /// Whether a worker's sources have something to read at once.
    Reading { worker: usize, reading: bool },
    /// For worker 0: a worker's parts of the snapshot are durable.
    Durable(Durable),
    /// The snapshot up to this epoch is committed: `u64::MAX` at the end.
    Committed(u64),
}
