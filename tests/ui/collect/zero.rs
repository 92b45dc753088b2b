//! A list of no values.
//!
//! Fix: give the most values that a list may have.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> collect("lists", max_size = 0, timeout = 10s)
            -> output("out", out);
    }
}

fn main() {}
