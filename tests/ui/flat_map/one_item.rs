//! `flat_map` with a closure that gives one item.
//!
//! Fix: use `map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        input("words", iter(["to", "be", "or"]))
            -> flat_map("length", |word| word.len())
            -> map("text", |n| n.to_string())
            -> output("out", out);
    }
}

fn main() {}
