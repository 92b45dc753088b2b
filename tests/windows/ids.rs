//! Ids of windows: two windows may have the same bounds, and sessions are numbered without gaps.

use flowstone::clock::Timestamp;
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use flowstone::windows::{Overlapping, Window};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A key, a time in seconds.
type Item = (u8, i64);

fn at(item: &Item) -> Timestamp {
    Timestamp(item.1 * 1_000_000)
}

/// Two windows for each ten seconds.
#[derive(Clone)]
struct Twins {
    /// Whether it says that all times of ten seconds are in the same windows.
    slices: bool,
}

const TEN: i64 = 10_000_000;

impl Windower for Twins {
    type Overlap = Overlapping;

    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
        let number = at.0.div_euclid(TEN);
        for twin in 0..2 {
            let (open, close) = (Timestamp(number * TEN), Timestamp((number + 1) * TEN));
            into(Window { id: 2 * number + twin, open, close });
        }
    }

    fn same_windows(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        let open = at.0.div_euclid(TEN) * TEN;
        if self.slices { (Timestamp(open), Timestamp(open + TEN)) } else { (at, Timestamp(at.0 + 1)) }
    }
}

type Row = (u8, i64, i64, u64);

dataflow! {
    flow by_key(items: TestSource<Item>, twins: Twins, out: TestSink<Row>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(at, wait = 5s), windows = twins)
            -> map("row", |(key, window)| (key, window.id, window.open.0 / 1_000_000, window.value))
            -> output("out", out);
    }

    flow shared(items: TestSource<Item>, twins: Twins, out: TestSink<Row>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 5s), windows = twins)
            -> map("row", |(key, window)| (key, window.id, window.open.0 / 1_000_000, window.value))
            -> output("out", out);
    }

    flow lists(items: TestSource<Item>, twins: Twins, out: TestSink<Row>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> collect_window("list", clock = watermark(at, wait = 5s), windows = twins)
            -> map("row", |(key, window)| (key, window.id, window.open.0 / 1_000_000, window.value.len() as u64))
            -> output("out", out);
    }

    flow sessions(items: TestSource<Item>, out: TestSink<(i64, i64, Vec<i64>, u64)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> collect_window("list", clock = event_time(at, wait = 1min), windows = session(gap = 5s))
            -> map("row", |(_, window)| (window.id, window.open.0 / 1_000_000, window.merged, window.value.len() as u64))
            -> output("out", out);
    }

    flow unordered(items: TestSource<Item>, out: TestSink<(i64, i64, Vec<i64>, u64)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> collect_window("list", clock = event_time(at, wait = 1min), windows = session(gap = 5s), ordered = false)
            -> map("row", |(_, window)| (window.id, window.open.0 / 1_000_000, window.merged, window.value.len() as u64))
            -> output("out", out);
    }
}

fn items() -> Vec<Item> {
    (0..300).map(|number| ((number % 7) as u8, number / 3 + (number * 5) % 4)).collect()
}

fn expected() -> Vec<Row> {
    let mut counts: BTreeMap<(u8, i64, i64), u64> = BTreeMap::new();
    for (key, at) in items() {
        for twin in 0..2 {
            *counts.entry((key, 2 * (at / 10) + twin, at / 10 * 10)).or_default() += 1;
        }
    }
    counts.into_iter().map(|((key, id, open), count)| (key, id, open, count)).collect()
}

/// Runs the flow until it is through, with a crash in between where there is a store.
fn rows(config: &Config, aborts: bool, flow: impl Fn(TestSource<Item>, TestSink<Row>) -> Flow) -> Vec<Row> {
    static STORES: AtomicU64 = AtomicU64::new(0);
    let mut script: Vec<Entry<Item>> = items().chunks(4).map(|items| Entry::Items(items.to_vec())).collect();
    let mut config = config.clone();
    if aborts {
        script.insert(40, Entry::Abort);
        script.insert(17, Entry::Abort);
        let store = format!("memory://twins-{}", STORES.fetch_add(1, Ordering::Relaxed));
        config = config.recovery(store).snapshot_interval(Duration::ZERO);
    }
    let (items, out) = (TestSource::script(script), TestSink::new());
    while let Err(error) = flow(items.clone(), out.clone()).run(&config) {
        assert!(matches!(error, Error::Source { .. } | Error::Cluster { .. }), "{error:?}");
    }
    let mut rows = out.take_committed();
    rows.sort_unstable();
    rows
}

#[test]
fn two_windows_of_the_same_bounds_are_two() {
    at_every_size(|config| {
        for (slices, aborts) in [(false, false), (true, false), (false, true), (true, true)] {
            let twins = Twins { slices };
            assert_eq!(rows(config, aborts, |items, out| by_key(items, twins.clone(), out)), expected());
            assert_eq!(rows(config, aborts, |items, out| shared(items, twins.clone(), out)), expected());
            assert_eq!(rows(config, aborts, |items, out| lists(items, twins.clone(), out)), expected());
        }
    });
}

#[test]
fn ordered_sessions_are_numbered_by_their_times_without_gaps() {
    // 30 begins a session, 0 and 8 two before it, and 4 makes these one.
    let items = || TestSource::items([30, 0, 8, 4, 34, 50].map(|second| (1, second)));
    at_every_size(|config| {
        let out = TestSink::new();
        sessions(items(), out.clone()).run(config).unwrap();
        assert_eq!(out.take(), [(0, 0, vec![], 3), (1, 30, vec![], 2), (2, 50, vec![], 1)]);
    });
    let out = TestSink::new();
    unordered(items(), out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.sorted(), [(0, 30, vec![], 2), (1, 0, vec![2], 3), (3, 50, vec![], 1)]);
}
