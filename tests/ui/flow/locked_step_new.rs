//! A step that is not in the flow's lock.
//!
//! Fix: renew the lock.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    #[locked("locked.lock")]
    flow demo(out: TestSink<(bool, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on(|n| n % 2 == 0)
            -> dedupe("once")
            -> stateful_map("sum", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> dedupe("twice")
            -> output("out", out);
    }
}

fn main() {}
