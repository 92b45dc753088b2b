//! A value added to the state as if there always was one.
//!
//! Fix: take the state out first: `let sum = sum.get_or_insert_default();`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 3)
            -> stateful_map("sum", |sum, n| { *sum += n; *sum })
            -> output("out", out);
    }
}

fn main() {}
