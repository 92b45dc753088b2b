//! A slip in a word of `join`.
//!
//! Fix: write one of the words that the message names.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (&'static str, u64))>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        ages = input("ages", iter([(1u64, 41u64), (2, 23)]));
        join("people", names, ages, insert = frist) -> output("out", out);
    }
}

fn main() {}
