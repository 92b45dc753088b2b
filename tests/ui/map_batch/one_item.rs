//! `map_batch` with a closure that gives one item.
//!
//! Fix: give a list, or use `map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        input("numbers", iter(1..=9u64))
            -> map_batch("sum", |batch| batch.len())
            -> map("text", |n| n.to_string())
            -> output("out", out);
    }
}

fn main() {}
