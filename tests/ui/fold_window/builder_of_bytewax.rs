//! Closures by their names in Bytewax.
//!
//! Fix: `init`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> fold_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   builder = || 0,
                   fold = |sum, n| sum + n,
                   merge = |a, b| a + b)
            -> output("out", out);
    }
}

fn main() {}
