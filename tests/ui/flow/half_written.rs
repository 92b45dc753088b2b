//! A closure that is still being written.
//!
//! Fix: go on writing.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("words", iter(["to", "be", "or"]))
            -> map("length", |word| word.)
            -> output("out", out);
    }
}

fn main() {}
