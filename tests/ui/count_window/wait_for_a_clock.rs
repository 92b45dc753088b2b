//! A duration for a clock.
//!
//! Fix: a clock that waits so long.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = 10s, windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
