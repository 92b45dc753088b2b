//! The time of items of an input that is not aligned.
//!
//! Fix: say by how much a partition may be ahead, or leave the time out.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<i64>) {
        input("numbers", iter(1..=9i64), at = |n| Timestamp(*n)) -> output("out", out);
    }
}

fn main() {}
