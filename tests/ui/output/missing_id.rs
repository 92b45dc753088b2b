//! An output without an id.
//!
//! Fix: write `output("id", sink)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> output(out);
    }
}

fn main() {}
