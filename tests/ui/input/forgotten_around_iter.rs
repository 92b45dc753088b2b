//! A chain that begins with `iter`.
//!
//! Fix: put it into `input("id", …)`, which gives it an id.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        iter(1..=9u64) -> map("double", |n| n * 2) -> output("out", out);
    }
}

fn main() {}
