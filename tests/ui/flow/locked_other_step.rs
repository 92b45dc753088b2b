//! Another step under an id of the flow's lock.
//!
//! Fix: write the old step again, or choose another id and renew the lock.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    #[locked("locked.lock")]
    flow demo(out: TestSink<(bool, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on(|n| n % 2 == 0)
            -> stateful_map("sum", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> collect("once", max_size = 5, timeout = 1s) -> flatten_value()
            -> output("out", out);
    }
}

fn main() {}
