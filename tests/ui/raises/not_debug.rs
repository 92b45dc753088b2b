//! `raises` on items that cannot be shown.
//!
//! Fix: derive `Debug` for the items.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> raises("no_pages");
        input("numbers", iter(1..=9u64)) -> output("out", out);
    }
}

fn main() {}
