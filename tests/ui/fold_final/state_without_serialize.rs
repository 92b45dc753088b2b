//! A fold into what no snapshot can hold.
//!
//! Fix: derive `Serialize` and `Deserialize` for what values are folded into.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(Clone)]
struct Totals {
    sum: u64,
}

dataflow! {
    flow demo(out: TestSink<(u64, Totals)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> fold_final("total", || Totals { sum: 0 }, |totals, n| Totals { sum: totals.sum + n })
            -> output("out", out);
    }
}

fn main() {}
