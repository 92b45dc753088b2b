//! A step by the name that another engine has for it.
//!
//! Fix: as the message says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> group_by("last", |n| n % 10)
            -> count_final("count")
            -> output("out", out);
    }
}

fn main() {}
