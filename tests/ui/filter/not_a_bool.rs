//! A condition that is no `bool`.
//!
//! Fix: compare: `|n| n % 2 == 0`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> filter("even", |n| n % 2)
            -> output("out", out);
    }
}

fn main() {}
