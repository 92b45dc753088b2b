//! A lock without the path of its file.
//!
//! Fix: write the path.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    #[locked]
    flow demo(out: TestSink<(bool, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on(|n| n % 2 == 0)
            -> stateful_map("sum", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> output("out", out);
    }
}

fn main() {}
