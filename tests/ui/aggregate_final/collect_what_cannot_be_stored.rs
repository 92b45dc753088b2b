//! `collect` of something that cannot be stored.
//!
//! Fix: `#[derive(Clone, serde::Serialize, serde::Deserialize)]` on `Hit`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(Clone)]
struct Hit;

dataflow! {
    flow demo(out: TestSink<(u64, usize)>) {
        input("hits", iter([(1u64, Hit)]))
            -> aggregate_final("list", of = collect(|hit| hit.clone()))
            -> map_value("length", |list| list.len())
            -> output("out", out);
    }
}

fn main() {}
