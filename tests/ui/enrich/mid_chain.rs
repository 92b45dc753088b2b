//! A join in the middle of a chain.
//!
//! Fix: name the first stream, and begin with the join.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, Option<i64>))>) {
        prices = input("prices", iter([(1u64, 20i64)]));
        input("orders", iter([(1u64, 10i64)]))
            -> enrich("price", prices)
            -> output("out", out);
    }
}

fn main() {}
