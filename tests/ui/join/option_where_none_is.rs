//! A row of a complete join taken for one that lacks sides.
//!
//! Fix: take the values as they are: none is missing.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, bool)>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        ages = input("ages", iter([(1u64, 41u64), (2, 23)]));
        join("people", names, ages) -> map(|(id, (_, age)): (u64, (&str, Option<u64>))| (id, age.is_some())) -> output("out", out);
    }
}

fn main() {}
