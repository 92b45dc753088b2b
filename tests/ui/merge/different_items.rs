//! `merge` of streams that carry different items.
//!
//! Fix: turn the items into one type before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        words = input("words", iter(["to", "be", "or"]));
        numbers = input("numbers", iter(1..=9u64));
        merge(numbers, words)
            -> map("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
