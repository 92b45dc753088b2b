//! Something that is no source.
//!
//! Fix: write `iter(…)` around a collection.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", vec![1, 2, 3])
            -> map("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
