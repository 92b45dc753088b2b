//! A cache that is not told how long it holds.
//!
//! Fix: `ttl = 1min`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> enrich_cached("square", size = 100, |n| *n, |n| n * n)
            -> output("out", out);
    }
}

fn main() {}
