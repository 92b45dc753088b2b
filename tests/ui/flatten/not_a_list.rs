//! `flatten` on items that are no lists.
//!
//! Fix: leave the step out, or use `flat_map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> flatten()
            -> map("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
