//! Sides whose keys are of different types.
//!
//! Fix: give them keys of one type.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, Option<i64>))>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([("1".to_string(), 20i64)]));
        enrich("paid", orders, payments)
            -> output("out", out);
    }
}

fn main() {}
