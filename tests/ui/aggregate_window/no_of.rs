//! Aggregates that are not named.
//!
//! Fix: `of = count()`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> aggregate_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
