//! The recovery store from outside: what is committed survives, and one execution at a time commits.

#![allow(clippy::unwrap_used, reason = "a test has nobody to report to")]

mod basics;
mod common;
mod crash;
mod damage;
mod fixtures;
mod flaky;
mod races;
mod space;
