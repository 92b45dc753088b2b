//! A number for windows.
//!
//! Fix: windows.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

const LENGTH: u64 = 60;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = LENGTH)
            -> output("out", out);
    }
}

fn main() {}
