//! A value where a function is needed.
//!
//! Fix: write a closure: `|n| n * FACTOR`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

const FACTOR: u64 = 2;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("double", FACTOR)
            -> filter("large", |n| *n > 3)
            -> output("out", out);
    }
}

fn main() {}
