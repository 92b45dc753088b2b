//! What workers tell each other beside the flow.

use super::rounds::Answer;
use crate::base::time::Time;
use crate::snapshot::Durable;
use serde::{Deserialize, Serialize};

/// What workers tell each other beside the flow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum ControlMessage {
    /// No source is to stay behind this time.
    Floor(Time),
    /// A process was told to stop: the others stop with it.
    Stop,
    /// About the time for which the flow has been idle.
    Idle(IdleMessage),
    /// For worker 0: a worker's parts of the snapshot are durable.
    Durable(Durable),
    /// The snapshot up to this epoch is committed: `u64::MAX` at the end.
    Committed(u64),
}

/// How processes agree on the flow's idle time: see [`rounds`](super::rounds).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum IdleMessage {
    /// For worker 0: a worker waits for a total, or for none.
    Wanted { worker: usize, total: Option<i64> },
    /// What has each process confirmed?
    Question { round: u64 },
    /// For worker 0: what a process has confirmed.
    Answer { process: usize, answer: Answer },
    /// The idle time so far.
    Total(i64),
}
