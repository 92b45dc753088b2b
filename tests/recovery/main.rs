//! Recovery: what an execution leaves, and how the next one goes on from it.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod applied;
mod changes;
mod committed;
#[cfg(all(target_os = "linux", feature = "parquet"))]
mod held;
mod in_process;
#[cfg(all(unix, feature = "parquet"))]
mod joined_late;
#[cfg(all(unix, feature = "parquet"))]
mod kill;
mod locked;
mod lost;
#[path = "../common/program.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod program;
mod random;
#[cfg(all(unix, feature = "parquet", feature = "s3"))]
mod s3;
#[cfg(all(unix, feature = "parquet"))]
mod stops;
mod store;
#[cfg(feature = "parquet")]
mod tools;
mod windows;
