//! A duration in a unit that there is not.
//!
//! Fix: as the message says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> collect("tens", max_size = 10, timeout = 1m)
            -> output("out", out);
    }
}

fn main() {}
