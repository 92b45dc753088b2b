//! A field that the value does not have.
//!
//! Fix: `max(|hit| hit.at)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(serde::Serialize, serde::Deserialize)]
struct Hit {
    at: i64,
}

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, Hit { at: 10 })]))
            -> aggregate_window("hits",
                   clock = system_time(),
                   windows = tumbling(1min),
                   of = max(|hit| hit.when))
            -> output("out", out);
    }
}

fn main() {}
