//! A flow that writes nothing.
//!
//! Fix: end a chain with `output`.

use flowstone::prelude::*;

dataflow! {
    flow demo() {
        input("numbers", iter(1..=9u64)) -> discard("nobody asks");
    }
}

fn main() {}
