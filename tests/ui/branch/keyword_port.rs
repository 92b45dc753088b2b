//! A port by a word that Rust keeps to itself.
//!
//! Fix: the ports of `branch` are `.trues` and `.falses`.

use flowstone::prelude::*;
use flowstone::testing::TestSink;

dataflow! {
    flow demo(even: TestSink<u64>) {
        numbers = input("numbers", iter(1..=9u64)) -> branch("parity", |n| n % 2 == 0);
        numbers.true -> output("even", even);
        numbers.falses -> discard("odd");
    }
}

fn main() {}
