//! A stateless step that fills a list.
//!
//! Fix: state that a snapshot can hold is kept by `stateful_map`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(seen: Vec<u64>, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("number", |n| {
                seen.push(n);
                n
            })
            -> output("out", out);
    }
}

fn main() {}
