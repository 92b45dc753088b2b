//! A function with an argument too many.
//!
//! Fix: call it in a closure: `|n| scale(n, 2)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

fn scale(n: u64, by: u64) -> u64 {
    n * by
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("double", scale)
            -> filter("large", |n| *n > 3)
            -> output("out", out);
    }
}

fn main() {}
