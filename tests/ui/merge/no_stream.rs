//! `merge` of something that is no named stream.
//!
//! Fix: name it before: `low = input(…);`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        merge(numbers, iter(1..=9u64)) -> output("out", out);
    }
}

fn main() {}
