//! A closure with an argument too many.
//!
//! Fix: a pair is one argument: `|(key, n)| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pairs", iter([("a", 1u64)]))
            -> map("value", |key, n| n)
            -> output("out", out);
    }
}

fn main() {}
