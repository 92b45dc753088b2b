//! A number where a duration is needed.
//!
//! Fix: write a duration: `10s`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> collect("tens", max_size = 10, timeout = 10)
            -> output("out", out);
    }
}

fn main() {}
