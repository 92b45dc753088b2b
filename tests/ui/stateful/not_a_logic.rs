//! A logic that is none.
//!
//! Fix: implement `Logic` for the type, or use `stateful_map` with a closure.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Count;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful("count", Count)
            -> output("out", out);
    }
}

fn main() {}
