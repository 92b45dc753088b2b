//! A clock whose closure for one side takes two arguments.
//!
//! Fix: it takes the value alone: `|at| *at`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<(Option<i64>, Option<i64>)>)>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_window("paid", orders, payments,
            clock = event_time((|at| *at, |key, at| *at), wait = 10s),
            windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
