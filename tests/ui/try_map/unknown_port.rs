//! A port that there is not.
//!
//! Fix: use a port of the step.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("words", iter(["to", "be", "or"])) -> try_map("parse", |word| word.parse::<u64>());
        numbers.errs -> discard("no numbers");
        numbers -> output("out", out);
    }
}

fn main() {}
