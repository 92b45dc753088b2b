//! A parameter that borrows.
//!
//! Fix: take an owned type.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(name: &str, out: TestSink<u64>) {
        input("lines", iter([name.to_string()]))
            -> map("length", |line| line.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
