//! `inspect_worker` without a closure on items that cannot be printed.
//!
//! Fix: derive `Debug`, or look at them with a closure.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> inspect_worker("look")
            -> map("length", |page| page.path.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
