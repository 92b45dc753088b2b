//! A word of Bytewax for how values are gathered.
//!
//! Fix: `vec`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<Vec<i64>>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> collect_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   into = list)
            -> output("out", out);
    }
}

fn main() {}
