//! A slip in the name of an attribute.
//!
//! Fix: write `#[default = "5"]`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(#[defualt = "5"] least: u64, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64)) -> filter("large", |n| *n >= least) -> output("out", out);
    }
}

fn main() {}
