//! A stream of nothing, since a function gave no value, into a sink.
//!
//! Fix: give a value.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

fn shout(word: &str) {
    word.to_uppercase();
}

dataflow! {
    flow demo(out: TestSink<String>) {
        input("words", iter(["to", "be", "or"]))
            -> map("shout", shout)
            -> output("out", out);
    }
}

fn main() {}
