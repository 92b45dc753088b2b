//! A Parquet sink of what is no record.
//!
//! Needs the feature `parquet`.
//!
//! Fix: put `#[derive(Record)]` on the struct.

use flowstone::prelude::*;

struct Page {
    path: String,
}

dataflow! {
    flow demo() {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> output("out", ParquetSink::<Page>::new("out"));
    }
}

fn main() {}
