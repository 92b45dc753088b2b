//! `try_map` with a closure that cannot fail.
//!
//! Fix: give `Ok(…)` or `Err(…)`, or use `map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64))
            -> try_map("double", |n| n * 2);
        numbers.err -> discard("cannot be");
        numbers -> output("out", out);
    }
}

fn main() {}
