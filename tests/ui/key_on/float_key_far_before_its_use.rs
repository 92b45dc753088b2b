//! A bad key is reported once, however many steps follow.
//!
//! Fix: key by whole numbers: `|n| *n`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> key_on("key", |n| *n as f64)
            -> map_value("double", |n| n * 2)
            -> count_final("count")
            -> filter("large", |(key, n)| *n > 3 && *key > 2.0)
            -> map("sum", |(key, n): (f64, u64)| key as u64 + n)
            -> output("out", out);
    }
}

fn main() {}
