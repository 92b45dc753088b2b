//! `join` of one stream.
//!
//! Fix: name two streams or more.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (&'static str, u64))>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        join("people", names) -> output("out", out);
    }
}

fn main() {}
