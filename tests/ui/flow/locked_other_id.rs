//! A step with another id than in the flow's lock.
//!
//! Fix: give it its id again, or renew the lock where its state may be lost.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    #[locked("locked.lock")]
    flow demo(out: TestSink<(bool, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on(|n| n % 2 == 0)
            -> stateful_map("total", |sum: &mut Option<u64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> dedupe("once")
            -> output("out", out);
    }
}

fn main() {}
