//! Flows as programs: their command line, several processes, signals, how they end.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod cluster;
mod command_line;
mod examples;
mod in_process;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod program;
#[cfg(unix)]
mod signals;
