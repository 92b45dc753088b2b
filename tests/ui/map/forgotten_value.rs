//! A closure whose last `;` drops its value.
//!
//! Fix: leave out the `;`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        input("words", iter(["to", "be", "or"]))
            -> map("shout", |word| {
                word.to_uppercase();
            })
            -> output("out", out);
    }
}

fn main() {}
