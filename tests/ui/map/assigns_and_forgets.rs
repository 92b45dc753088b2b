//! A closure that changes its item and does not give it back.
//!
//! Fix: end the closure with `page`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> map("lower", |mut page| {
                page.path = page.path.to_lowercase();
            })
            -> map("length", |page: Page| page.path.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
