//! A side that is not keyed.
//!
//! Fix: key it before the join.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, i64))>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([20i64]));
        join_within("paid", orders, payments,
            within = -5s..5s,
            clock = event_time((|at| *at, |at| *at), wait = 10s))
            -> output("out", out);
    }
}

fn main() {}
