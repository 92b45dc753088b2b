//! A logic for keys of another type.
//!
//! Fix: make the key what the logic takes: `-> key_on("last", |n| (n % 10).to_string())`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Count;

impl Logic<String, u64> for Count {
    type State = u64;
    type Out = u64;

    fn start(&self, _key: &String) -> u64 {
        0
    }

    fn on_value(&self, _key: &String, seen: &mut u64, _value: u64, _now: Timestamp, emit: &mut impl FnMut(u64)) -> After {
        *seen += 1;
        emit(*seen);
        After::Keep
    }
}

dataflow! {
    flow demo(out: TestSink<(u64, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| n % 10)
            -> stateful("count", Count)
            -> output("out", out);
    }
}

fn main() {}
