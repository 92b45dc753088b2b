//! A sink of a feature that is off.
//!
//! Needs the feature `parquet` off.
//!
//! Fix: put the feature into Cargo.toml: `cargo add flowstone --features parquet`.

use flowstone::prelude::*;

dataflow! {
    flow demo() {
        input("numbers", iter(1..=9u64)) -> output("out", ParquetSink::<u64>::new("out").rows_in_group(1000));
    }
}

fn main() {}
