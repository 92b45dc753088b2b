//! A function for items of another type.
//!
//! Fix: turn the items into what it takes before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

fn length(word: String) -> u64 {
    word.len() as u64
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("length", length)
            -> filter("large", |n| *n > 3)
            -> output("out", out);
    }
}

fn main() {}
