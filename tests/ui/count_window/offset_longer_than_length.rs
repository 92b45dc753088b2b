//! Sliding windows with holes between them.
//!
//! Fix: an offset up to the length.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = sliding(1min, offset = 5min))
            -> output("out", out);
    }
}

fn main() {}
