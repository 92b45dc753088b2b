//! A fold that takes the value alone.
//!
//! Fix: `|sum, n| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> fold_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   || 0,
                   |n| n,
                   |a, b| a + b)
            -> output("out", out);
    }
}

fn main() {}
