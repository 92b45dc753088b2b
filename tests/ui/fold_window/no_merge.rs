//! A fold that does not say how two sessions become one.
//!
//! Fix: `|a, b| a + b` as the third closure.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> fold_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = session(gap = 30s),
                   || 0,
                   |sum, n| sum + n)
            -> output("out", out);
    }
}

fn main() {}
