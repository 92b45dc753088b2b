//! A branch used as if it were one stream.
//!
//! Fix: say which side.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64)) -> branch("even", |n| n % 2 == 0);
        numbers -> output("out", out);
    }
}

fn main() {}
