//! A stateful closure whose last `;` drops its value.
//!
//! Fix: leave out the `;`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful_map("total", |total: &mut Option<u64>, n| {
                total.insert(n);
            })
            -> output("out", out);
    }
}

fn main() {}
