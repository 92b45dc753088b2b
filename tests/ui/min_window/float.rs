//! The least of floating point numbers, which have no order of their own.
//!
//! Fix: `reduce_window` with `f64::min`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<f64>)>) {
        input("events", iter([(1u64, 1.5f64)]))
            -> min_window("hits", clock = system_time(), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
