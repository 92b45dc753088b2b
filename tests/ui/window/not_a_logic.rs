//! A type that is no logic of a window.
//!
//! Fix: implement `WindowLogic<i64>` for it.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Total;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   Total)
            -> output("out", out);
    }
}

fn main() {}
