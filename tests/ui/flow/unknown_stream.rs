//! A stream that there is not.
//!
//! Fix: as the message says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        numbesr -> output("out", out);
    }
}

fn main() {}
