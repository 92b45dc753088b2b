//! Windows without a clock.
//!
//! Fix: `clock = system_time()`, or `event_time` where the values have times.

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
        input("events", iter([(1u64, 10i64)]))
            -> window("hits", windows = tumbling(1min), Total)
            -> output("out", out);
    }
}

fn main() {}
