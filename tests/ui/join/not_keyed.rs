//! A side of `join` that is not keyed.
//!
//! Fix: key it before the join.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        ages = input("ages", iter([41u64, 23]));
        join("people", names, ages) -> map(|(id, (name, age))| (id, name.len() as u64 + age)) -> output("out", out);
    }
}

fn main() {}
