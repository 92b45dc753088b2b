//! A time that is still a text.
//!
//! Fix: parse it before, or in the closure.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, "2024-01-01".to_string())]))
            -> count_window("hits",
                   clock = event_time(|at| at.clone(), wait = 10s),
                   windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
