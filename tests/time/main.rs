//! Epochs and ticks, flow control, idleness, retries, and what a failure leaves behind.

#[path = "../common/mod.rs"]
mod common;
mod epochs;
mod failures;
mod flow_control;
mod idle;
