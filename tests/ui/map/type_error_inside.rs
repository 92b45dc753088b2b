//! A type error inside of a closure: it stays rustc's own, at the user's token.
//!
//! Fix: as rustc says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        input("words", iter(["to", "be", "or"]))
            -> map("length", |word| {
                let length: u32 = word.len();
                length
            })
            -> map("text", |n| n.to_string())
            -> output("out", out);
    }
}

fn main() {}
