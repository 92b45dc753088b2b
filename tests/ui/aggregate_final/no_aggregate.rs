//! Something in `of` that is no aggregate.
//!
//! Fix: `sum(|n| *n)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter([(1u64, 2u64)]))
            -> aggregate_final("sums", of = |n| *n)
            -> output("out", out);
    }
}

fn main() {}
