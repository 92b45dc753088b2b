//! Values that go into many pairs and cannot be cloned.
//!
//! Fix: derive `Clone`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(serde::Serialize, serde::Deserialize)]
struct Order {
    at: i64,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        orders = input("orders", iter([(1u64, Order { at: 10 })]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_within("paid", orders, payments,
            within = -5s..5s,
            clock = event_time((|order| order.at, |at| *at), wait = 10s))
            -> map(|(id, _)| id)
            -> output("out", out);
    }
}

fn main() {}
