//! Pairs whose first half cannot be a key.
//!
//! Fix: make pairs with a key of text or whole numbers.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(f64, u64)>) {
        input("weather", iter([21.5, 22.0]))
            -> map("pair", |celsius| (celsius, 1))
            -> count_final("count")
            -> output("out", out);
    }
}

fn main() {}
