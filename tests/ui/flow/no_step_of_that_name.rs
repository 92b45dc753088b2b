//! A step that is like none.
//!
//! Fix: call a function of your own with `apply`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> launch_rockets(|n| n)
            -> output("out", out);
    }
}

fn main() {}
