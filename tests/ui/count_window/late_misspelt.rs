//! A slip in the name of a port.
//!
//! Fix: `.late`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        hits = input("events", iter([(1u64, 10i64)])) -> count_window("hits", clock = event_time(|at| *at, wait = 10s), windows = tumbling(1min));
        hits.lat -> discard("too late");
        hits -> output("out", out);
    }
}

fn main() {}
