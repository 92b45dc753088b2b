//! Windows aligned to a duration.
//!
//! Fix: the moment as a `Timestamp`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::time::Duration;

const OFFSET: Duration = Duration::from_secs(3600);

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1d, align_to = OFFSET))
            -> output("out", out);
    }
}

fn main() {}
