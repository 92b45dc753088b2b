//! The greatest of something that cannot be cloned: windows that overlap share what they have in common.
//!
//! Fix: `#[derive(Clone)]` on its type.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use serde::{Deserialize, Serialize};

#[derive(PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Rank(i64);

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> aggregate_window("best",
                   clock = event_time(|at| *at, wait = 1s),
                   windows = tumbling(1min),
                   of = max(|at| Rank(*at)))
            -> map_value("rank", |window| window.map(|rank| rank.0))
            -> output("out", out);
    }
}

fn main() {}
