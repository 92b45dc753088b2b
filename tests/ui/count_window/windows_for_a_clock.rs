//! Windows where the clock should be.
//!
//! Fix: a clock.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = tumbling(1min), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
