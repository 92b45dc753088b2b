//! A set of values that have no order.
//!
//! Fix: `into = vec`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<Vec<f64>>)>) {
        input("events", iter([(1u64, 1.5f64)]))
            -> collect_window("hits", clock = system_time(), windows = tumbling(1min), into = set)
            -> output("out", out);
    }
}

fn main() {}
