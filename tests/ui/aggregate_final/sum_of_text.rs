//! `sum` of something that is no number.
//!
//! Fix: `sum(|word| word.len())`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, (u64, u64))>) {
        input("words", iter([(1u64, "to".to_string()), (2, "be".to_string())]))
            -> aggregate_final("sums", of = (count(), sum(|word| word.clone())))
            -> output("out", out);
    }
}

fn main() {}
