//! Alignment without the time of items.
//!
//! Fix: say where an item's time is.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<i64>) {
        input("numbers", iter(1..=9i64), align = 10s) -> output("out", out);
    }
}

fn main() {}
