//! Windows for the clock, and the clock for the windows.
//!
//! Fix: exchange the names.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<(Option<i64>, Option<i64>)>)>) {
        orders = input("orders", iter([(1u64, 10i64)]));
        payments = input("payments", iter([(1u64, 20i64)]));
        join_window("paid", orders, payments, clock = tumbling(1min), windows = system_time())
            -> output("out", out);
    }
}

fn main() {}
