//! A clock by its name in Bytewax.
//!
//! Fix: `event_time(|at| *at, wait = 10s)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = EventClock(ts_getter = |at| *at, wait_for_system_duration = 10s),
                   windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
