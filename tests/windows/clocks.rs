//! What moves a watermark, and what does not.

use crate::{Item, SECOND, at, free_running, lockstep, plain};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::time::Duration;

type Counts = TestSink<(u8, Windowed<u64>)>;

dataflow! {
    flow by_key(items: TestSource<Item>, wait: Duration, out: Counts, late: TestSink<(u8, Item)>) {
        counts = input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(at, wait = wait, max_ahead = 1h), windows = tumbling(10s));
        counts.late -> output("late", late);
        counts -> output("out", out);
    }

    flow by_all(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>, Timestamp)>, clock: Clock) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 0s, idle = 1min), windows = tumbling(10s))
            -> map(|(key, window)| (key, window, clock.now()))
            -> output("out", out);
    }

    flow by_all_for_ever(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 0s), windows = tumbling(10s))
            -> output("out", out);
    }

    flow by_arrival(items: TestSource<Item>, out: Counts) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = system_time(), windows = session(gap = 5s))
            -> output("out", out);
    }
}

fn item(key: u8, second: i64) -> Entry<Item> {
    Entry::Items(vec![(key, second, 0)])
}

fn pause(seconds: u64) -> Entry<Item> {
    Entry::Advance(Duration::from_secs(seconds))
}

#[test]
fn a_time_far_ahead_moves_nothing_and_is_late() {
    let (out, late) = (TestSink::new(), TestSink::new());
    let source = TestSource::script([item(1, 5), item(1, 3601), item(1, 6), item(1, 3600)]);
    by_key(source, Duration::ZERO, out.clone(), late.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(plain(out.take()), [(1, 0, 0, 10, 2), (1, 360, 3600, 3610, 1)]);
    assert_eq!(late.take(), [(1, (1, 3601, 0))]);
}

#[test]
fn the_windows_of_quiet_keys_close_as_time_goes_by() {
    // In lockstep all time counts within one process; over several, only what all of them have confirmed as idle.
    for workers in [1, 2, 4] {
        let size = &Config::default().workers(workers);
        let (out, late) = (TestSink::new(), TestSink::new());
        let source = TestSource::script([
            item(1, 5),
            item(2, 9),
            // The watermarks are at 1 and 5.
            pause(4),
            item(1, 6),
            // 5 and 9, then 6 and 10.
            pause(1),
            item(2, 8),
            // 10 and 14.
            pause(4),
            item(1, 7),
        ]);
        by_key(source, Duration::from_secs(4), out.clone(), late.clone()).run(&lockstep(size)).unwrap();
        assert_eq!(plain(out.take()), [(2, 0, 0, 10, 1), (1, 0, 0, 10, 2)], "{size:?}");
        assert_eq!(late.take(), [(2, (2, 8, 0)), (1, (1, 7, 0))], "{size:?}");
    }
}

#[test]
fn a_backlog_is_no_idle_time() {
    let (out, late) = (TestSink::new(), TestSink::new());
    // All of it is there at once; that reading it takes a while, by the clock, closes nothing.
    let source = TestSource::script([item(1, 1), pause(100), item(1, 2), pause(100), item(1, 3)]);
    by_key(source, Duration::ZERO, out.clone(), late.clone()).run(&free_running(&Config::default())).unwrap();
    assert_eq!(plain(out.take()), [(1, 0, 0, 10, 3)]);
    assert!(late.is_empty());
}

#[test]
fn times_before_1970_are_times() {
    let (out, late) = (TestSink::new(), TestSink::new());
    let source = TestSource::script([item(1, -25), item(1, -21), item(1, -20), item(1, -22)]);
    by_key(source, Duration::ZERO, out.clone(), late.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(plain(out.take()), [(1, -3, -30, -20, 2), (1, -2, -20, -10, 1)]);
    assert_eq!(late.take(), [(1, (1, -22, 0))]);
}

#[test]
fn a_key_that_was_forgotten_puts_no_window_out_twice() {
    let (out, late) = (TestSink::new(), TestSink::new());
    let source = TestSource::script([
        item(1, 5),
        // The window closes; then the key is quiet for `max_ahead`.
        pause(10),
        item(1, 4),
        pause(3601),
        item(1, 6),
        item(1, 3000),
    ]);
    let report = by_key(source, Duration::ZERO, out.clone(), late.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(plain(out.take()), [(1, 0, 0, 10, 1), (1, 300, 3000, 3010, 1)]);
    assert_eq!(late.len(), 2);
    assert_eq!(report.steps[0].keys_left, 1);
}

#[test]
fn one_partition_that_is_behind_holds_all_back() {
    at_every_size(|size| {
        let out = TestSink::new();
        let fast = [item(1, 5), item(1, 100), item(1, 200)];
        let slow = [item(2, 1), item(2, 2), item(2, 3)];
        by_all_for_ever(TestSource::script(fast).and(slow), out.clone()).run(&lockstep(size)).unwrap();
        let mut rows = plain(out.take());
        rows.sort();
        // None of them is late.
        let expected = [(1, 0, 0, 10, 1), (1, 10, 100, 110, 1), (1, 20, 200, 210, 1), (2, 0, 0, 10, 3)];
        assert_eq!(rows, expected, "{size:?}");
    });
}

#[test]
fn a_partition_that_is_idle_is_left_out() {
    at_every_size(|size| {
        let out = TestSink::new();
        let config = lockstep(size);
        let silent = [item(2, 1), Entry::Hang];
        let busy = [item(1, 5), pause(30), item(1, 12), pause(40), item(1, 25), pause(1), item(1, 26), Entry::Hang];
        let clock = Clock::manual(Timestamp(0));
        let config = config.clock(clock.clone());
        let flow = by_all(TestSource::script(silent).and(busy), out.clone(), clock);
        stop_when(&flow, &config, || out.len() == 3);
        let rows = out.take();
        let mut closed: Vec<_> =
            rows.iter().map(|(key, window, now)| (*key, window.open.0 / SECOND, now.0 / SECOND)).collect();
        closed.sort();
        // The silent one holds all back until the first minute is over.
        assert_eq!(closed, [(1, 0, 70), (1, 10, 70), (2, 0, 70)], "{size:?}");
    });
}

/// Runs a flow on another thread until `done`; then it is left behind, as it would never end.
fn stop_when(flow: &Flow, config: &Config, done: impl Fn() -> bool) {
    let (flow, config) = (flow.clone(), config.clone());
    std::thread::spawn(move || flow.run(&config));
    let start = std::time::Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never came");
        std::thread::yield_now();
    }
}

#[test]
fn by_arrival_nothing_is_late_and_sessions_close_as_time_goes_by() {
    at_every_size(|size| {
        let out = TestSink::new();
        let back = Entry::SetClock(Timestamp(0));
        let source = TestSource::script([item(1, 0), pause(3), item(1, 0), pause(6), item(1, 0), back, item(1, 0)]);
        let report = by_arrival(source, out.clone()).run(&lockstep(size)).unwrap();
        assert_eq!(plain(out.take()), [(1, 0, 0, 8, 2), (1, 1, 9, 14, 2)], "{size:?}");
        assert_eq!(report.steps[0].late, 0);
    });
}

#[cfg(all(feature = "chrono", feature = "jiff"))]
mod times_of_other_crates {
    use super::*;

    fn of_chrono(item: &Item) -> Option<chrono::DateTime<chrono::Utc>> {
        chrono::DateTime::from_timestamp(item.1, 999_999_999)
    }

    fn of_jiff(item: &Item) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_second(item.1).ok().filter(|_| item.1 != 3)
    }

    dataflow! {
        flow by_chrono(items: TestSource<Item>, out: Counts) {
            input("items", items)
                -> key_on("key", |item| item.0)
                -> count_window("count", clock = event_time(of_chrono, wait = 0s), windows = tumbling(10s))
                -> output("out", out);
        }

        flow by_jiff(items: TestSource<Item>, out: Counts, late: TestSink<(u8, Item)>) {
            counts = input("items", items)
                -> key_on("key", |item| item.0)
                -> count_window("count", clock = watermark(of_jiff, wait = 0s), windows = tumbling(10s));
            counts.late -> output("late", late);
            counts -> output("out", out);
        }
    }

    #[test]
    fn are_times_here() {
        let items = || TestSource::items([(1, -1, 0), (1, 3, 1), (1, 9, 2), (1, 10, 3)]);
        let out = TestSink::new();
        by_chrono(items(), out.clone()).run(&free_running(&Config::default())).unwrap();
        assert_eq!(plain(out.take()), [(1, -1, -10, 0, 1), (1, 0, 0, 10, 2), (1, 1, 10, 20, 1)]);
        let (out, late) = (TestSink::new(), TestSink::new());
        by_jiff(items(), out.clone(), late.clone()).run(&free_running(&Config::default())).unwrap();
        assert_eq!(plain(out.take()), [(1, -1, -10, 0, 1), (1, 0, 0, 10, 1), (1, 1, 10, 20, 1)]);
        assert_eq!(late.take(), [(1, (1, 3, 1))], "the one without a time");
    }
}
