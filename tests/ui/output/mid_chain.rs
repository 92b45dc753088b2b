//! `output` in the middle of a chain.
//!
//! Fix: name the stream before it, and use it twice.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> output("out", out)
            -> map("double", |n| n * 2)
            -> discard("no use");
    }
}

fn main() {}
