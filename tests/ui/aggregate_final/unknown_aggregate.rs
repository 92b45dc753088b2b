//! An aggregate that there is not.
//!
//! Fix: the word in the message.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, (u64, u64))>) {
        input("words", iter([("to".to_string(), 1u64), ("be".to_string(), 2)]))
            -> aggregate_final("sums", of = (count(), summ(|n| *n)))
            -> output("out", out);
    }
}

fn main() {}
