//! A sink that stands behind `->`.
//!
//! Fix: put the sink into `output("id", …)`, which gives it an id.

use flowstone::prelude::*;

dataflow! {
    flow demo() {
        input("numbers", iter(1..=9u64)) -> map("text", |n| n.to_string()) -> StdoutSink::new();
    }
}

fn main() {}
