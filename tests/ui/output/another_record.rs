//! A Parquet sink of another record.
//!
//! Needs the feature `parquet`.
//!
//! Fix: turn the items into the record that the sink writes.

use flowstone::prelude::*;

#[derive(Clone, Record)]
struct Visit {
    page: String,
    year: i32,
}

dataflow! {
    flow demo() {
        input("pages", iter(["/".to_string()]))
            -> output("out", ParquetSink::<Visit>::new("out"));
    }
}

fn main() {}
