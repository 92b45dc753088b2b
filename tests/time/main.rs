//! Epochs and ticks, flow control, idleness, retries, and what a failure leaves behind.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod align;
#[path = "../common/mod.rs"]
mod common;
mod epochs;
mod failures;
mod flow_control;
mod idle;
mod idle_time;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod program;
