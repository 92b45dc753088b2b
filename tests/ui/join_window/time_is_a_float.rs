//! A time of one side as a floating point number.
//!
//! Fix: a whole number of microseconds: `|at| (at * 1e6) as i64`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<(Option<i64>, Option<f64>)>)>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20.5f64)]));
        join_window("paid", orders, payments,
            clock = event_time((|at| *at, |at| *at), wait = 10s),
            windows = tumbling(1min))
            -> output("out", out);
    }
}

fn main() {}
