//! Items that cannot be sent to another worker.
//!
//! Fix: derive `Serialize` and `Deserialize` for the items.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> redistribute()
            -> map("length", |page| page.path.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
