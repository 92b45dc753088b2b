//! A closure that gives back a part of its item.
//!
//! Fix: give a value of its own: `page.path.clone()`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<&'static str>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> map("path", |page| page.path.as_str())
            -> output("out", out);
    }
}

fn main() {}
