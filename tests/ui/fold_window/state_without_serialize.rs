//! A state that no snapshot can hold.
//!
//! Fix: derive `Serialize` and `Deserialize`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Sum {
    n: i64,
}

dataflow! {
    flow demo(out: TestSink<i64>) {
        input("events", iter([(1u64, 10i64)]))
            -> fold_window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   || Sum { n: 0 },
                   |sum, n| Sum { n: sum.n + n },
                   |a, b| Sum { n: a.n + b.n })
            -> map(|(_, window)| window.value.n)
            -> output("out", out);
    }
}

fn main() {}
