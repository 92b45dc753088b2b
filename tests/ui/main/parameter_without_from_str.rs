//! A command line for a parameter that cannot be read from one.
//!
//! Fix: implement `FromStr` for it, or write a `main` of your own.

use flowstone::prelude::*;

#[derive(Clone)]
struct Window(u64);

dataflow! {
    flow demo(window: Window) {
        input("one", iter([window.0]))
            -> output("out", StdoutSink::new());
    }
}

fn main() -> flowstone::Exit {
    demo::main()
}
