//! A stream used before it is made.
//!
//! Fix: move its statement up.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        even = numbers -> filter("even", |n| n % 2 == 0);
        numbers = input("numbers", iter(1..=9u64));
        even -> output("out", out);
    }
}

fn main() {}
