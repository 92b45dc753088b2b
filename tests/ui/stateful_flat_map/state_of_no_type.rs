//! State of which nothing says what it is.
//!
//! Fix: write its type: `|seen: &mut Option<u64>, n| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful_flat_map("first", |seen, n| if seen.is_some() { None } else { Some(n) })
            -> output("out", out);
    }
}

fn main() {}
