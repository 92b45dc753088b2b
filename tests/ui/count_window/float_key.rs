//! Windows by a key that is a floating point number.
//!
//! Fix: a key of whole numbers.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1.5f64, 10i64)]))
            -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
