//! A chain that begins with a source.
//!
//! Fix: put the source into `input("id", …)`, which gives it an id.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::path::PathBuf;

dataflow! {
    flow demo(path: PathBuf, out: TestSink<usize>) {
        FileSource::new(path)
            -> map("length", |line| line.len())
            -> output("out", out);
    }
}

fn main() {}
