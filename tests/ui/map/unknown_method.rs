//! A method that an item does not have: rustc's own error.
//!
//! Fix: as rustc says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("words", iter(["to", "be", "or"]))
            -> map("length", |word| word.lenght() as u64)
            -> output("out", out);
    }
}

fn main() {}
