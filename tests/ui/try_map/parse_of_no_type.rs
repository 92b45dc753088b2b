//! JSON of which nothing says what it is.
//!
//! Fix: write `json::parse::<Hit>`, or the type where the item is taken: `|hit: Hit| …`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<String>) {
        hits = input("lines", iter(["{}".to_string()])) -> try_map("parse", json::parse);
        hits.err -> discard("no hit");
        hits -> map("page", |hit| hit.page) -> output("out", out);
    }
}

fn main() {}
