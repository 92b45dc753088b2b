//! Two streams of one name.
//!
//! Fix: give one of them another name.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        numbers = input("more", iter(1..=9u64));
        numbers -> output("out", out);
    }
}

fn main() {}
