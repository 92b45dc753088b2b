//! Values that cannot be sent to the worker that owns their key.
//!
//! Fix: derive `Serialize` and `Deserialize` for the values, or map them to what has both before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<(String, u64)>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> key_on("page", |page| page.path.clone())
            -> collect("lists", max_size = 10, timeout = 1s)
            -> map_value("count", |pages| pages.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
