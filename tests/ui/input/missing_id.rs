//! An input without an id.
//!
//! Fix: write `input("id", source)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input(iter(1..=9u64)) -> output("out", out);
    }
}

fn main() {}
