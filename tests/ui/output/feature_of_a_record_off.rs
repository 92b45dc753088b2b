//! A record without the feature that makes it one.
//!
//! Needs the feature `parquet` off.
//!
//! Fix: put the feature into Cargo.toml: `cargo add flowstone --features parquet`.

use flowstone::prelude::*;

#[derive(Clone, Record)]
struct Visit {
    page: String,
}

fn main() {}
