//! A watermark of values that are no times.
//!
//! Fix: a whole number of microseconds.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10.5f64)]))
            -> count_window("hits", clock = watermark(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
