//! State that is no `Option`.
//!
//! Fix: take an `Option`, which is `None` for a new key: `|sum: &mut Option<u64>, n| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful_map("sum", |sum: &mut u64, n| {
                *sum += n;
                *sum
            })
            -> output("out", out);
    }
}

fn main() {}
