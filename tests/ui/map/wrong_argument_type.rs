//! A closure for items of another type.
//!
//! Fix: write the type that the stream carries, or none.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("length", |word: String| word.len() as u64)
            -> filter("large", |n| *n > 3)
            -> output("out", out);
    }
}

fn main() {}
