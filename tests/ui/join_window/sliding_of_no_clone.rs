//! Values of one side that cannot be cloned, in windows that overlap.
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
        join_window("paid", orders, payments,
            clock = event_time((|order| order.at, |at| *at), wait = 10s),
            windows = sliding(1min, offset = 10s))
            -> map(|(id, _)| id)
            -> output("out", out);
    }
}

fn main() {}
