//! A clock and windows without their names.
//!
//! Fix: write the names in front.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", event_time(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
