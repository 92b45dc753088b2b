//! A default as other languages have it.
//!
//! Fix: write it before the parameter: `#[default = "5"] least: u64`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(least: u64 = 5, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64)) -> filter("large", |n| *n >= least) -> output("out", out);
    }
}

fn main() {}
