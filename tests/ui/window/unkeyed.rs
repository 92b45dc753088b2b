//! Windows of a stream without keys.
//!
//! Fix: key it before.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

use flowstone::windows::WindowLogic;

struct Total;

impl WindowLogic<i64> for Total {
    type State = i64;
    type Out = i64;

    fn start(&self, _at: Timestamp, value: i64, _emit: &mut impl FnMut(i64)) -> i64 {
        value
    }

    fn on_value(&self, total: &mut i64, _at: Timestamp, value: i64, _emit: &mut impl FnMut(i64)) {
        *total += value;
    }

    fn merge(&self, total: &mut i64, other: i64) {
        *total += other;
    }

    fn on_close(&self, total: i64, emit: &mut impl FnMut(i64)) {
        emit(total);
    }
}

dataflow! {
    flow demo(out: TestSink<(u64, Windowed<i64>)>) {
        input("events", iter([10i64]))
            -> window("hits",
                   clock = event_time(|at| *at, wait = 10s),
                   windows = tumbling(1min),
                   Total)
            -> output("out", out);
    }
}

fn main() {}
