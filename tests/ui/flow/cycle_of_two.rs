//! Two streams that are made of each other.
//!
//! Fix: a flow has no cycles.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        more = merge(numbers, half);
        half = more -> map("half", |n| n / 2);
        half -> output("out", out);
    }
}

fn main() {}
