//! A Parquet sink that is asked for columns, and does not say of which record.
//!
//! Needs the feature `parquet`.
//!
//! Fix: write `ParquetSink::<Visit>::new(out)`.

use flowstone::prelude::*;

#[derive(Clone, Record)]
struct Visit {
    page: String,
    year: i32,
}

dataflow! {
    flow demo() {
        input("visits", iter([Visit { page: "/".to_string(), year: 2026 }]))
            -> output("out", ParquetSink::new("out").partition_by(|visit| visit.year));
    }
}

fn main() {}
