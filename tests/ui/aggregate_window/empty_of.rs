//! An empty list of aggregates.
//!
//! Fix: one aggregate or more.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<()>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> aggregate_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   of = ())
            -> output("out", out);
    }
}

fn main() {}
