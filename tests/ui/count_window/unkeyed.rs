//! Windows of a stream without keys.
//!
//! Fix: key it before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([10i64]))
            -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
