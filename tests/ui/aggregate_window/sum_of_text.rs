//! `sum` of something that is no number.
//!
//! Fix: `sum(|word| word.len())`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, "to".to_string())]))
            -> aggregate_window("hits",
                   clock = system_time(),
                   windows = tumbling(1min),
                   of = sum(|word| word.clone()))
            -> output("out", out);
    }
}

fn main() {}
