//! A stream that is made of itself.
//!
//! Fix: a flow has no cycles.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        more = merge(numbers, more) -> map("half", |n| n / 2);
        more -> output("out", out);
    }
}

fn main() {}
