//! The command line of a flow: its flags, and the tools that look into a flow and its store.

mod args;
mod main;
mod stored_state;
mod tools;

pub use args::{FormatArg, RunArgs};
pub use main::{Exit, FromCommandLine, Main, Parameter};
