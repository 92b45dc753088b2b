//! Five mistakes are five errors.
//!
//! Fix: one after the other.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        even = numbers -> fliter("even", |n| n % 2 == 0);
        odd = numbers -> filter("numbers", |n| n % 2 == 1);
        odd -> map("double", |a, b| a * 2) -> collect(max_size = 2, timeout = 1m) -> output("out", out);
    }
}

fn main() {}
