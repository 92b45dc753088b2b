//! A condition whose last `;` drops its value.
//!
//! Fix: leave out the `;`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> filter("large", |n| {
                *n > 3;
            })
            -> output("out", out);
    }
}

fn main() {}
