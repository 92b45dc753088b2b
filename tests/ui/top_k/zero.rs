//! The best none.
//!
//! Fix: say how many there may be.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> top_k("best", 0, |n| *n)
            -> output("out", out);
    }
}

fn main() {}
