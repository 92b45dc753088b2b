//! `join` at the end of a stream that never ends.
//!
//! Fix: let rows come out as they are complete, or at each value.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, bool)>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        ages = input("ages", polling(1s, || Ok(vec![(1u64, 41u64)].into())));
        join("people", names, ages, emit = final) -> map(|(id, (_, age))| (id, age.is_some())) -> output("out", out);
    }
}

fn main() {}
