//! A function over items, where one over streams is needed.
//!
//! Fix: use `map`, or take a stream.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

fn double(n: u64) -> u64 {
    n * 2
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> apply("double", double)
            -> output("out", out);
    }
}

fn main() {}
