//! An attribute that parameters do not take.
//!
//! Fix: leave it out; the flag has the name of the parameter.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(#[arg(long)] least: u64, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64)) -> filter("large", |n| *n >= least) -> output("out", out);
    }
}

fn main() {}
