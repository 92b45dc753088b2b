//! A default that is no text.
//!
//! Fix: write it as the command line would have it: `#[default = "5"]`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(#[default = 5] least: u64, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64)) -> filter("large", |n| *n >= least) -> output("out", out);
    }
}

fn main() {}
