//! `merge` of one stream.
//!
//! Fix: name two streams or more.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        merge(numbers) -> output("out", out);
    }
}

fn main() {}
