//! Early values, and closed windows that are corrected.

use crate::{Item, SECOND, at, lockstep};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use flowstone::windows::Pane::{self, Early, Late, OnTime};
use std::time::Duration;

type Counts = TestSink<(u8, Windowed<u64>)>;

dataflow! {
    flow early(items: TestSource<Item>, out: Counts) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(at, wait = 10s), windows = tumbling(1min), early = 5s)
            -> output("out", out);
    }

    flow corrected(items: TestSource<Item>, out: Counts) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 0s), windows = tumbling(10s), allowed_lateness = 20s)
            -> output("out", out);
    }

    flow sessions(items: TestSource<Item>, out: Counts) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 0s), windows = session(gap = 5s), allowed_lateness = 20s)
            -> output("out", out);
    }
}

fn item(key: u8, second: i64) -> Entry<Item> {
    Entry::Items(vec![(key, second, 0)])
}

fn pause(seconds: u64) -> Entry<Item> {
    Entry::Advance(Duration::from_secs(seconds))
}

fn panes(out: &Counts) -> Vec<(u8, i64, Pane, u64)> {
    out.take().into_iter().map(|(key, window)| (key, window.open.0 / SECOND, window.pane, window.value)).collect()
}

#[test]
fn early_values_come_where_something_has_changed() {
    at_every_size(|size| {
        let out = TestSink::new();
        let script = [
            item(1, 3),
            item(1, 4),
            // After five seconds: two so far.
            pause(5),
            item(1, 5),
            pause(5),
            // Nothing has changed.
            pause(5),
            pause(5),
        ];
        early(TestSource::script(script), out.clone()).run(&lockstep(size)).unwrap();
        assert_eq!(panes(&out), [(1, 0, Early, 2), (1, 0, Early, 3), (1, 0, OnTime, 3)]);
    });
}

#[test]
fn nothing_is_armed_where_nothing_changes() {
    let out = TestSink::new();
    let script = [item(1, 3)].into_iter().chain((0..100).map(|_| pause(1)));
    let report = early(TestSource::script(script), out.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(panes(&out), [(1, 0, Early, 1), (1, 0, OnTime, 1)]);
    // One for the early value, one for the end of the window; epochs, every ten seconds, wake the source.
    assert!(report.wakeups <= 2 + 11, "{}", report.wakeups);
}

#[test]
fn a_late_item_corrects_a_window_that_is_kept() {
    at_every_size(|size| {
        let out = TestSink::new();
        let script = [
            item(1, 3),
            item(1, 12),
            // The first window has closed, and is kept until 30.
            item(1, 4),
            // A window that had none.
            item(2, 5),
            item(1, 31),
            // Now it is gone.
            item(1, 6),
            item(1, 13),
        ];
        let report = corrected(TestSource::script(script), out.clone()).run(&lockstep(size)).unwrap();
        let mut rows = panes(&out);
        // One worker says it before the other.
        rows.sort_by_key(|row| row.0);
        assert_eq!(
            rows,
            [
                (1, 0, OnTime, 1),
                (1, 0, Late, 2),
                (1, 10, OnTime, 1),
                (1, 10, Late, 2),
                (1, 30, OnTime, 1),
                (2, 0, Late, 1)
            ]
        );
        assert_eq!(report.steps[0].late, 1);
    });
}

#[test]
fn a_session_that_had_closed_can_go_on() {
    let out = TestSink::new();
    let script = [
        item(1, 0),
        item(2, 8),
        // Too late to make the first session longer than the watermark.
        item(1, 2),
        // It goes on, past the watermark, and closes once more.
        item(1, 6),
        item(2, 30),
    ];
    sessions(TestSource::script(script), out.clone()).run(&lockstep(&Config::default())).unwrap();
    let mut rows = panes(&out);
    rows.sort_by_key(|row| row.0);
    assert_eq!(rows, [(1, 0, OnTime, 1), (1, 0, Late, 2), (1, 0, Late, 3), (2, 8, OnTime, 1), (2, 30, OnTime, 1)]);
}
