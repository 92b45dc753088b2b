//! A Parquet partition by a column that the record lacks.
//!
//! Needs the feature `parquet`.
//!
//! Fix: name a column of the record, or add one.

use flowstone::prelude::*;

#[derive(Clone, Record)]
struct Visit {
    page: String,
    year: i32,
}

dataflow! {
    flow demo() {
        input("visits", iter([Visit { page: "/".to_string(), year: 2026 }]))
            -> output("out", ParquetSink::<Visit>::new("out").partition_by(|visit| (visit.year, visit.month)));
    }
}

fn main() {}
