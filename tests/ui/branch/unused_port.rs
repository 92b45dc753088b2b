//! One side of a branch that nobody reads.
//!
//! Fix: use it, or discard it with a reason.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64)) -> branch("even", |n| n % 2 == 0);
        numbers.trues -> output("out", out);
    }
}

fn main() {}
