//! An iterator over one thing.
//!
//! Fix: write a list: `iter([5])`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(5u64))
            -> map("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
