//! A duration for a clock.
//!
//! Fix: a clock.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::time::Duration;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = Duration::from_secs(1), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
