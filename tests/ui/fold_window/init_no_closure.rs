//! A value for the closure that makes it.
//!
//! Fix: `|| 0`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> fold_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   0,
                   |sum, n| sum + n,
                   |a, b| a + b)
            -> output("out", out);
    }
}

fn main() {}
