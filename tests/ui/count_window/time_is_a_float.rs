//! A time as a floating point number.
//!
//! Fix: a whole number of microseconds: `|at| (at * 1e6) as i64`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10.5f64)]))
            -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
