//! Errors that nobody looks at.
//!
//! Fix: use `.err`, or discard it with a reason.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("words", iter(["to", "be", "or"])) -> try_map("parse", |word| word.parse::<u64>());
        numbers -> output("out", out);
    }
}

fn main() {}
