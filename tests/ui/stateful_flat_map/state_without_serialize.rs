//! State that no snapshot can hold.
//!
//! Fix: derive `Serialize` and `Deserialize` for the state.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Totals {
    sum: u64,
}

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful_flat_map("total", |totals: &mut Option<Totals>, n| {
                let totals = totals.get_or_insert(Totals { sum: 0 });
                totals.sum += n;
                [totals.sum]
            })
            -> output("out", out);
    }
}

fn main() {}
