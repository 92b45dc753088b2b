//! A step that waits for the end of its input, on a stream that never ends.
//!
//! Fix: use a step that answers as it goes, or a source that ends.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, u64)>) {
        input("ticks", polling(1s, || Ok(Poll::Items(vec![1u64]))))
            -> key_on("all", |_| "all".to_string())
            -> aggregate_final("sums", of = count())
            -> map_value("double", |n| n * 2)
            -> output("out", out);
    }
}

fn main() {}
