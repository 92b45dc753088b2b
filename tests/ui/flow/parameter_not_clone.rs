//! A parameter that not every worker can have a copy of.
//!
//! Fix: pass what it is made from, or an `Arc` of it.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Names {
    list: Vec<&'static str>,
}

dataflow! {
    flow demo(names: Names, out: TestSink<u64>) {
        input("lines", iter(["a"]))
            -> filter("new", |line| names.list.contains(line))
            -> map("length", |line| line.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
