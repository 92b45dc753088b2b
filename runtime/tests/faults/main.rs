//! A running flow whose recovery store fails, freezes, is damaged or taken over; and one that runs for long.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod common;
mod damaged;
mod each_operation;
mod feed;
#[path = "../recovery_store/flaky.rs"]
#[allow(dead_code, reason = "the store's own tests use the rest")]
mod flaky;
mod frozen;
mod soak;
mod taken_over;
