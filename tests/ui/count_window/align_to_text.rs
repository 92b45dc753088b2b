//! Windows aligned to a text.
//!
//! Fix: the moment as a `Timestamp`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1d, align_to = "2024-01-01"))
            -> output("out", out);
    }
}

fn main() {}
