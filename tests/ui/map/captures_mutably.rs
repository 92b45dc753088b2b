//! A stateless step with state.
//!
//! Fix: state that a snapshot can hold is kept by `stateful_map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(seen: u64, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("number", |n| {
                seen += 1;
                n * seen
            })
            -> output("out", out);
    }
}

fn main() {}
