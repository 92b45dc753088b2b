//! Values that cannot be sent or stored.
//!
//! Fix: derive `Serialize` and `Deserialize`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Order {
    at: i64,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        orders = input("orders", iter([(1u64, Order { at: 10 })]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_window("paid", orders, payments,
            clock = event_time((|order| order.at, |at| *at), wait = 10s),
            windows = tumbling(1min))
            -> map(|(id, _)| id)
            -> output("out", out);
    }
}

fn main() {}
