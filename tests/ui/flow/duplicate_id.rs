//! Two steps of one id.
//!
//! Fix: give one of them another id.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("numbers", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
