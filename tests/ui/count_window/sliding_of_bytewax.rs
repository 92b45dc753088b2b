//! Sliding windows by their name in Bytewax.
//!
//! Fix: `sliding(1min, offset = 10s)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = SlidingWindower(length = 1min, offset = 10s))
            -> output("out", out);
    }
}

fn main() {}
