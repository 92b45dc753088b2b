//! The engine: what a flow needs to run, on one worker, on several, on several processes.

mod cluster;
mod config;
mod definition;
mod flow;
mod local;
pub(super) mod lock;
mod panics;
#[cfg(feature = "progress")]
mod progress;
mod recovery;
mod report;
mod signals;
pub(super) mod survey;
mod turns;
mod worker;

pub use config::Config;
pub use flow::{Flow, flow, locked, unbuildable};
pub use report::{Report, StepReport};
pub(super) use signals::end_with_flow;
pub use survey::{Check, CheckedStep, Fate};
