//! A duration without a unit.
//!
//! Fix: `ttl = 60s`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, Option<i64>))>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20i64)]));
        enrich("paid", orders, payments, ttl = 60)
            -> output("out", out);
    }
}

fn main() {}
