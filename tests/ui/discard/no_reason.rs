//! `discard` without a reason.
//!
//! Fix: write `discard("why")`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64));
        numbers -> output("out", out);
        numbers -> discard();
    }
}

fn main() {}
