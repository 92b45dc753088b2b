//! `max` of floating point numbers, which have no order of their own.
//!
//! Fix: `max_by(|celsius| *celsius, f64::total_cmp)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, f64)>) {
        input("weather", iter([("here".to_string(), 21.5f64)]))
            -> aggregate_final("warmest", of = max(|celsius| *celsius))
            -> output("out", out);
    }
}

fn main() {}
