//! `filter_map` with a closure that always gives a value.
//!
//! Fix: give `Some(…)` or `None`, or use `map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> filter_map("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
