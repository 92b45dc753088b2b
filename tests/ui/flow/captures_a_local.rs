//! A flow that uses a variable of the function around it.
//!
//! Fix: make it a parameter of the flow, and pass it: `demo(limit, out)`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

fn main() {
    let limit = 5;
    dataflow! {
        flow demo(out: TestSink<u64>) {
            input("numbers", iter(1..=9u64)) -> filter("large", |n| *n > limit) -> output("out", out);
        }
    }
    demo(TestSink::new());
    println!("up to {limit}");
}
