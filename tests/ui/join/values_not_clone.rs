//! Values that go into many rows and cannot be cloned.
//!
//! Fix: derive `Clone`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Person {
    age: u64,
}

dataflow! {
    flow demo(out: TestSink<(u64, bool)>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        people = input("people", iter([1u64])) -> map(|id| (id, Person { age: id }));
        join("people_named", names, people, emit = running) -> map(|(id, (name, _))| (id, name.is_some())) -> output("out", out);
    }
}

fn main() {}
