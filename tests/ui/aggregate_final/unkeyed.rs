//! A keyed step on a stream without keys.
//!
//! Fix: put `-> key_on("id", |item| …)` before the step.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> aggregate_final("sums", of = count())
            -> output("out", out);
    }
}

fn main() {}
