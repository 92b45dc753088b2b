//! A parameter that is shared among the steps of one thread.
//!
//! Fix: `Arc<Mutex<Vec<u64>>>`, and `.lock().unwrap()`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::cell::RefCell;
use std::rc::Rc;

dataflow! {
    flow demo(known: Rc<RefCell<Vec<u64>>>, out: TestSink<u64>) {
        input("numbers", iter(1..=9u64))
            -> filter("known", |n| known.borrow().contains(n))
            -> output("out", out);
    }
}

fn main() {}
