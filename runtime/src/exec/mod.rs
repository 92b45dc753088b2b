//! Running a flow: its configuration, its workers, its command line.

mod args;
mod cluster;
mod config;
mod flow;
mod local;
mod lock;
mod main;
mod panics;
#[cfg(feature = "progress")]
mod progress;
mod recovery;
mod signals;
mod state;
mod survey;
mod tools;
mod turns;
mod worker;

pub use args::{FormatArg, RunArgs};
pub use config::Config;
pub use flow::{Flow, Report, StepReport, flow, unbuildable};
pub use lock::locked;
pub use main::{Exit, FromCommandLine, Main, Parameter};
pub use survey::{Check, CheckedStep, Fate};
