//! A keyed step on a stream without keys.
//!
//! Fix: put `-> key_on("id", |item| …)` before the step.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> fold_final("sum", || 0, |sum, n| sum + n)
            -> output("out", out);
    }
}

fn main() {}
