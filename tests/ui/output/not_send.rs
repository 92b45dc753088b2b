//! Items that cannot go to the thread on which a sink writes.
//!
//! Fix: `Arc` in place of `Rc`, or map the items to what the sink writes.

use flowstone::prelude::*;
use std::rc::Rc;

dataflow! {
    flow demo() {
        input("numbers", iter(1..=3u64))
            -> map("shared", |n| Rc::new(n))
            -> output("out", FileSink::new("numbers.txt").debug());
    }
}

fn main() {}
