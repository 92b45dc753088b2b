//! Windows and clocks, through the macro and on several workers.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod batch;
mod behaviour;
mod clocks;
#[path = "../common/mod.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod common;
mod ids;
mod memory;
mod options;
mod panes;
mod properties;

use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;

/// A key, a time in seconds, a number.
type Item = (u8, i64, u32);

const SECOND: i64 = 1_000_000;

/// The time of an item.
fn at(item: &Item) -> Timestamp {
    Timestamp(item.1 * SECOND)
}

/// One batch after the other, by a clock that stands at zero until a script moves it.
fn lockstep(size: &Config) -> Config {
    size.clone().clock(Clock::manual(Timestamp(0)))
}

/// The same, as fast as it goes.
fn free_running(size: &Config) -> Config {
    lockstep(size).free_running()
}

/// A window without what most tests do not look at: key, id, open and close in seconds, value.
type Plain<V> = (u8, i64, i64, i64, V);

fn plain<V>(rows: Vec<(u8, Windowed<V>)>) -> Vec<Plain<V>> {
    let plain = |(key, window): (u8, Windowed<V>)| {
        (key, window.id, window.open.0 / SECOND, window.close.0 / SECOND, window.value)
    };
    rows.into_iter().map(plain).collect()
}
