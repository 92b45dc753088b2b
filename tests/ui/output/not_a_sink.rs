//! Something that is no sink.
//!
//! Fix: give `output` a sink: `FileSink::new(out)`.

use flowstone::prelude::*;

dataflow! {
    flow demo(out: String) {
        input("words", iter(["to", "be", "or"]))
            -> output("out", out);
    }
}

fn main() {}
