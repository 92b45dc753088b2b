//! What a window step keeps: nothing of keys whose windows have closed, and no timer that need not be.

#![allow(clippy::single_range_in_vec_init, reason = "an item is a range of keys")]

use crate::lockstep;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource};
use std::time::Duration;

dataflow! {
    flow by_arrival(source: TestSource<std::ops::Range<u32>>, out: TestSink<u64>) {
        input("ranges", source)
            -> flat_map(|range| range)
            -> key_on("key", |key| *key)
            -> count_window("count", clock = system_time(), windows = session(gap = 30s))
            -> map(|(_, window)| window.value)
            -> output("out", out);
    }

    flow by_key(source: TestSource<std::ops::Range<u32>>, out: TestSink<u64>) {
        input("ranges", source)
            -> flat_map(|range| range)
            -> key_on("key", |key| *key)
            -> count_window("count", clock = event_time(|_| Timestamp(0), wait = 0s, max_ahead = 1h), windows = session(gap = 30s))
            -> map(|(_, window)| window.value)
            -> output("out", out);
    }
}

#[test]
fn a_million_keys_leave_memory_once_their_sessions_are_closed() {
    let out = TestSink::new();
    let keys = (0..10).map(|part| Entry::Items(vec![part * 100_000..(part + 1) * 100_000]));
    let source = TestSource::script(keys.chain([Entry::Advance(Duration::from_secs(31))]));
    let report = by_arrival(source, out.clone()).run(&lockstep(&Config::default().workers(2))).unwrap();
    assert_eq!(out.len(), 1_000_000);
    let step = &report.steps[0];
    assert_eq!((step.id.as_str(), step.most_keys, step.keys_left), ("count", 1_000_000, 0));
}

#[test]
fn a_key_with_a_watermark_of_its_own_is_remembered_for_a_while() {
    let out = TestSink::new();
    let pause = |seconds| Entry::Advance(Duration::from_secs(seconds));
    let source = TestSource::script([Entry::Items(vec![0..1000]), pause(31)]);
    let report = by_key(source, out.clone()).run(&lockstep(&Config::default().workers(2))).unwrap();
    assert_eq!((out.len(), report.steps[0].keys_left), (1000, 1000));

    let source = TestSource::script([Entry::Items(vec![0..1000]), pause(31), pause(3600)]);
    let report = by_key(source, out.clone()).run(&lockstep(&Config::default().workers(2))).unwrap();
    assert_eq!((out.len(), report.steps[0].keys_left), (2000, 0));
}

#[test]
fn a_flow_without_input_does_not_wake_up() {
    let out = TestSink::new();
    let pauses = (0..1000).map(|_| Entry::Advance(Duration::from_secs(1)));
    let source = TestSource::script([Entry::Items(vec![0..1])].into_iter().chain(pauses));
    let report = by_key(source, out).run(&lockstep(&Config::default())).unwrap();
    // The source at each epoch, of ten seconds, and the session when it closes.
    assert!(report.wakeups <= 103, "{}", report.wakeups);
}
