//! Values that cannot be cloned, in windows that overlap.
//!
//! Fix: derive `Clone`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(serde::Serialize, serde::Deserialize)]
struct Hit {
    at: i64,
}

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, Hit { at: 10 })]))
            -> count_window("hits",
                   clock = event_time(|hit| hit.at, wait = 10s),
                   windows = sliding(1min, offset = 10s))
            -> output("out", out);
    }
}

fn main() {}
