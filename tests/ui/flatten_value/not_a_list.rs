//! `flatten_value` on values that are no lists.
//!
//! Fix: leave the step out, or use `flat_map_value`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> flatten_value()
            -> map_value("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
