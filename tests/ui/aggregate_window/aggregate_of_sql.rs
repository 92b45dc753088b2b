//! An aggregate by its name in SQL.
//!
//! Fix: `mean`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<f64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> aggregate_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   of = avg(|at| *at as f64))
            -> output("out", out);
    }
}

fn main() {}
