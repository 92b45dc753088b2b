//! Items without the time that the clock reads.
//!
//! Fix: `hit.when`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(serde::Serialize, serde::Deserialize)]
struct Hit {
    when: i64,
}

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, Hit { when: 10 })]))
            -> count_window("hits", clock = event_time(|hit| hit.at, wait = 10s), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
