//! A side that is not keyed.
//!
//! Fix: key it before the join.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, Option<i64>))>) {
        orders = input("orders", iter([10i64]));
        payments = input("payments", iter([(1u64, 20i64)]));
        enrich("paid", orders, payments)
            -> output("out", out);
    }
}

fn main() {}
