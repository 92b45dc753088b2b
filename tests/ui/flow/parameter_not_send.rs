//! A parameter that cannot go to another thread.
//!
//! Fix: `Arc<AtomicU64>`, or pass what it is made from.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::cell::Cell;
use std::rc::Rc;

dataflow! {
    flow demo(offset: Rc<Cell<u64>>, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> map("add", |n| n + offset.get())
            -> output("out", out);
    }
}

fn main() {}
