//! A step that there is not.
//!
//! Fix: as the message says.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> fliter("even", |n| n % 2 == 0)
            -> output("out", out);
    }
}

fn main() {}
