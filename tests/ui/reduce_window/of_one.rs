//! A closure that combines one value.
//!
//! Fix: `|a, b| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> reduce_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   |a| a)
            -> output("out", out);
    }
}

fn main() {}
