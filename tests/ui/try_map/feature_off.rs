//! JSON without its feature.
//!
//! Needs the feature `json` off.
//!
//! Fix: put the feature into Cargo.toml: `cargo add flowstone --features json`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<u64>) {
        numbers = input("lines", iter(["1".to_string()])) -> try_map("parse", json::parse::<u64>);
        numbers.err -> discard("no number");
        numbers -> output("out", out);
    }
}

fn main() {}
