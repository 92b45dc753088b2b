//! A word that says nothing of how values are gathered.
//!
//! Fix: `vec`, `set` or `map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<Vec<i64>>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> collect_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   into = sett)
            -> output("out", out);
    }
}

fn main() {}
