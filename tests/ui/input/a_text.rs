//! A path that stands for a source.
//!
//! Fix: write what reads the file: `FileSource::new("lines.txt")`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<usize>) {
        input("lines", "lines.txt") -> map("length", |line| line.len()) -> output("out", out);
    }
}

fn main() {}
