//! A key that cannot be stored.
//!
//! Fix: add `#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]` to the key's type.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

#[derive(Clone, PartialEq, Eq, Hash)]
struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<(Page, u64)>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> key_on("page", |page| page.clone())
            -> count_final("count")
            -> output("out", out);
    }
}

fn main() {}
