//! A slip in the name of a clock.
//!
//! Fix: `event_time`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = event_tme(|at| *at, 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
