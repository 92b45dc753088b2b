//! `input` behind an arrow.
//!
//! Fix: begin a statement with it.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> input("more", iter(1..=9u64))
            -> output("out", out);
    }
}

fn main() {}
