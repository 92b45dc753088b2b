//! A map of values that are no pairs.
//!
//! Fix: `into = vec`, or make pairs of them before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<Vec<i64>>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> collect_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   into = map)
            -> output("out", out);
    }
}

fn main() {}
