//! Values that no snapshot can hold.
//!
//! Fix: derive `Serialize` and `Deserialize`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Hit {
    at: i64,
}

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, Hit { at: 10 })]))
            -> count_window("hits", clock = event_time(|hit| hit.at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
