//! Running a flow: its configuration, its workers, its command line.

mod cli;
mod engine;

pub use cli::{Exit, FormatArg, FromCommandLine, Main, Parameter, RunArgs};
pub use engine::{Check, CheckedStep, Config, Fate, Flow, Report, StepReport, flow, locked, unbuildable};
