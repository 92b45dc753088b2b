//! The port `.err` of `split` that nothing reads.
//!
//! Fix: use it, or `-> discard("why")`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("texts", iter(["1", "two"])) -> split("number", |text| text.parse::<u64>());
        numbers.ok -> output("out", out);
    }
}

fn main() {}
