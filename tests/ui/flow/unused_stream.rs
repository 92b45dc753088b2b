//! A stream that nothing reads.
//!
//! Fix: use it, discard it with a reason, or remove it.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        even = numbers -> filter("even", |n| n % 2 == 0);
        numbers -> output("out", out);
    }
}

fn main() {}
