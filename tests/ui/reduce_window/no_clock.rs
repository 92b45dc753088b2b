//! Windows without a clock.
//!
//! Fix: `clock = system_time()`, or `event_time` where the values have times.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> reduce_window("hits", windows = tumbling(1min), |a, b| a + b)
            -> output("out", out);
    }
}

fn main() {}
