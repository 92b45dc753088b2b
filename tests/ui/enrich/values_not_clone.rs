//! A second side whose values cannot be cloned.
//!
//! Fix: derive `Clone`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(serde::Serialize, serde::Deserialize)]
struct Price {
    cents: i64,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, Price { cents: 10 })]));
        enrich("paid", orders, payments)
            -> map(|(id, _)| id)
            -> output("out", out);
    }
}

fn main() {}
