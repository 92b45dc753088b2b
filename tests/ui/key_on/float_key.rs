//! A key of floating point numbers.
//!
//! Fix: key by text or whole numbers: `|w| w.celsius.round() as i64`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Weather {
    celsius: f64,
}

dataflow! {
    flow demo(out: TestSink<(f64, String)>) {
        input("weather", iter([Weather { celsius: 21.5 }]))
            -> key_on("degree", |w| w.celsius)
            -> count_final("count")
            -> map_value("text", |n| n.to_string())
            -> output("out", out);
    }
}

fn main() {}
