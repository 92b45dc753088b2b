//! A clock that is not told how long to wait.
//!
//! Fix: `wait = 10s`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = event_time(|at| *at), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
