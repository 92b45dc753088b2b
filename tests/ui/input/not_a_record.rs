//! A Parquet source of what is no record.
//!
//! Needs the feature `parquet`.
//!
//! Fix: put `#[derive(Record)]` on the struct.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Page {
    path: String,
}

dataflow! {
    flow demo(out: TestSink<u64>) {
        input("pages", ParquetSource::<Page>::new("pages"))
            -> map("length", |page: Page| page.path.len() as u64)
            -> output("out", out);
    }
}

fn main() {}
