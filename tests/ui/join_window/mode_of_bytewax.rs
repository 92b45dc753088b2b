//! An argument by its name in Bytewax.
//!
//! Fix: `insert = last`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<(Option<i64>, Option<i64>)>)>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_window("paid", orders, payments,
            insert_mode = last,
            clock = event_time((|at| *at, |at| *at), wait = 10s),
            windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
