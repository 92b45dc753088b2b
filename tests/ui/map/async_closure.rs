//! A future where a value is needed.
//!
//! Fix: leave out `async`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("double", async |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
