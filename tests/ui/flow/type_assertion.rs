//! A type assertion that does not hold.
//!
//! Fix: write the type that the stream carries, or turn the items into the one that is meant.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        lengths: u64 = input("words", iter(["to", "be", "or"])) -> map("length", |word| word.len());
        lengths
            -> filter("long", |n| *n > 3)
            -> output("out", out);
    }
}

fn main() {}
