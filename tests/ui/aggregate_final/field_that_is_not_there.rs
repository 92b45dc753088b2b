//! A field that the value does not have.
//!
//! Fix: `sum(|hit| hit.bytes)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Hit {
    bytes: u64,
}

dataflow! {
    flow demo(out: TestSink<(u64, (u64, u64))>) {
        input("hits", iter([(1u64, Hit { bytes: 1 })]))
            -> aggregate_final("sums", of = (count(), sum(|hit| hit.size)))
            -> output("out", out);
    }
}

fn main() {}
