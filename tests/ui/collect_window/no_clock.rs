//! Windows without a clock.
//!
//! Fix: `clock = system_time()`, or `event_time` where the values have times.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<Vec<i64>>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> collect_window("hits", windows = tumbling(1min), into = vec)
            -> output("out", out);
    }
}

fn main() {}
