//! A flow that reads nothing.
//!
//! Fix: begin a chain with `input`.

use flowstone::prelude::*;

dataflow! {
    flow demo() {}
}

fn main() {}
