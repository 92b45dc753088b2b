//! A key that borrows from its item.
//!
//! Fix: make it a value of its own: `….unwrap().to_owned()`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(out: TestSink<(String, u64)>) {
        input("lines", iter(["home,1".to_string()]))
            -> key_on("page", |line| line.split(',').next().unwrap())
            -> count_final("hits")
            -> output("out", out);
    }
}

fn main() {}
