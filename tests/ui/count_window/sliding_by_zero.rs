//! Sliding windows, all at the same place.
//!
//! Fix: any offset above zero.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = sliding(1min, offset = 0s))
            -> output("out", out);
    }
}

fn main() {}
