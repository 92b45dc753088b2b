//! An item type that JSON cannot be made into.
//!
//! Fix: derive `Deserialize` for the type.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        pages = input("lines", StdinSource::new())
            -> try_map("parse", json::parse::<Page>);
        pages.err -> discard("no pages");
        pages -> map("length", |page| page.path.len() as u64) -> output("out", out);
    }
}

fn main() {}
