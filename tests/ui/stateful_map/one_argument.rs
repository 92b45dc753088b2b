//! A closure with an argument too few.
//!
//! Fix: write `|state, value| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful_map("total", |n| n)
            -> output("out", out);
    }
}

fn main() {}
