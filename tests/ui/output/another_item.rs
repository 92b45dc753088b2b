//! A sink that takes other items.
//!
//! Fix: turn the items into what the sink takes.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        input("words", iter(["to", "be", "or"]))
            -> map("length", |word| word.len())
            -> output("out", out);
    }
}

fn main() {}
