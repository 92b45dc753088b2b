//! Values that cannot be sent or stored.
//!
//! Fix: derive `Serialize` and `Deserialize`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Person {
    age: u64,
}

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        names = input("names", iter([(1u64, "Ann"), (2, "Ben")]));
        people = input("people", iter([1u64])) -> map(|id| (id, Person { age: id }));
        join("people_named", names, people) -> map(|(id, (_, person))| (id, person.age)) -> output("out", out);
    }
}

fn main() {}
