//! Errors that nobody can look at.
//!
//! Fix: name the stream where it can fail.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("words", iter(["to", "be", "or"]))
            -> try_map("parse", |word| word.parse::<u64>())
            -> output("out", out);
    }
}

fn main() {}
