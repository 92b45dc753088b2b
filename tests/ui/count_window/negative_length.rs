//! A window of less than no length.
//!
//! Fix: the length without the sign.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(-1min))
            -> output("out", out);
    }
}

fn main() {}
