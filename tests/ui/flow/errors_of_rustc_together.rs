//! Mistakes in three steps are three errors.
//!
//! Fix: one after the other.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(f64, u64)>, more: TestSink<(u64, u64)>, others: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> key_on("key", |n| *n as f64)
            -> count_final("count")
            -> output("out", out);
        input("more", iter(1..=9u64))
            -> map_value("double", |n: u64| n * 2)
            -> output("more_out", more);
        input("others", iter([1u64]))
            -> map("text", |n| n.lenght())
            -> output("others_out", others);
    }
}

fn main() {}
