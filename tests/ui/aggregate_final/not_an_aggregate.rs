//! A type in `of` that is no aggregate.
//!
//! Fix: `impl Aggregate<u64> for Product`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Product;

dataflow! {
    flow demo(out: TestSink<(u64, (u64, u64))>) {
        input("numbers", iter([(1u64, 2u64)]))
            -> aggregate_final("sums", of = (count(), Product))
            -> output("out", out);
    }
}

fn main() {}
