//! A function whose key borrows from the item.
//!
//! Fix: make it a value of its own: `|line| page(line).to_owned()`.

use flowstone::prelude::*;

fn page(line: &String) -> &str {
    line.split(',').next().unwrap_or_default()
}

dataflow! {
    flow demo() {
        input("lines", iter(["home,1".to_string()]))
            -> key_on("page", page)
            -> count_final("hits")
            -> output("out", StdoutSink::new().debug());
    }
}

fn main() {}
