//! `top_k` by floating point numbers, which are not ordered.
//!
//! Fix: rank by whole numbers: `|n| (n * 100.0) as i64`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, u64)>) {
        input("weather", iter([("here".to_string(), 21.5)]))
            -> top_k("warmest", 3, |celsius| *celsius)
            -> map_value("count", |best| best.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
