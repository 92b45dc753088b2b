//! A join in windows without a clock.
//!
//! Fix: a clock with a closure for each side.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<(Option<i64>, Option<i64>)>)>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_window("paid", orders, payments, windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
