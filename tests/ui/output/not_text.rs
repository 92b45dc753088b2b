//! A sink of text, and items that have no text.
//!
//! Fix: tell the sink how, `StdoutSink::new().debug()`, or make text of them before.

use flowstone::prelude::*;

#[derive(Debug)]
struct Page {
    path: String,
}

dataflow! {
    flow demo() {
        input("pages", iter([Page { path: "/".to_string() }]))
            -> output("out", StdoutSink::new());
    }
}

fn main() {}
