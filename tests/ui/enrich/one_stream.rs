//! `enrich` of one stream.
//!
//! Fix: name two streams.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (i64, Option<i64>))>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        enrich("paid", orders)
            -> output("out", out);
    }
}

fn main() {}
