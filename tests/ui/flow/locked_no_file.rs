//! A lock that has not been written yet.
//!
//! Fix: write it with the command `lock` of the program.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    #[locked("nowhere.lock")]
    flow demo(out: TestSink<(bool, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on(|n| n % 2 == 0)
            -> stateful_map("sum", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> output("out", out);
    }
}

fn main() {}
