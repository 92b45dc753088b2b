//! Two readers of items that cannot be cloned.
//!
//! Fix: derive `Clone` for the items.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>, paths: TestSink<String>) {
        pages = input("pages", iter([Page { path: "/".to_string() }]));
        pages -> map("length", |page| page.path.len() as u64) -> output("out", out);
        pages -> map("path", |page| page.path) -> output("paths", paths);
    }
}

fn main() {}
