//! `flat_map_value` with a closure that gives one value.
//!
//! Fix: use `map_value`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> flat_map_value("double", |n| n * 2)
            -> count_final("count")
            -> output("out", out);
    }
}

fn main() {}
