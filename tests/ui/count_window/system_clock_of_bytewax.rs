//! The clock of the system by its name in Bytewax.
//!
//! Fix: `system_time()`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<u64>)>) {
        input("events", iter([(1u64, 10i64)]))
            -> count_window("hits", clock = SystemClock(), windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
