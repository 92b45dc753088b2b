//! A chain that goes nowhere.
//!
//! Fix: end it, or name it.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64)) -> map("double", |n| n * 2);
        input("more", iter(1..=9u64)) -> output("out", out);
    }
}

fn main() {}
