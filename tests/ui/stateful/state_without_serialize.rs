//! A logic whose state no snapshot can hold.
//!
//! Fix: derive `Serialize` and `Deserialize` for the state.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

struct Seen(u64);

struct Count;

impl Logic<String, u64> for Count {
    type State = Seen;
    type Out = u64;

    fn start(&self, _key: &String) -> Seen {
        Seen(0)
    }

    fn on_value(&self, _key: &String, seen: &mut Seen, _value: u64, _now: Timestamp, emit: &mut impl FnMut(u64)) -> After {
        seen.0 += 1;
        emit(seen.0);
        After::Keep
    }
}

dataflow! {
    flow demo(out: TestSink<(String, u64)>) {
        input("numbers", iter(1..=9u64))
            -> key_on("last", |n| (n % 10).to_string())
            -> stateful("count", Count)
            -> output("out", out);
    }
}

fn main() {}
