//! `max_final` of floating point numbers, which are not ordered.
//!
//! Fix: `-> reduce_final("id", f64::max)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, String)>) {
        input("weather", iter([("here".to_string(), 21.5)]))
            -> max_final("warmest")
            -> map_value("text", |celsius| celsius.to_string())
            -> output("out", out);
    }
}

fn main() {}
