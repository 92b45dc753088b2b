//! What window steps have in common: late items, empty inputs, several steps one behind the other, clocks and windows of
//! one's own.

use crate::{Item, SECOND, at, free_running, lockstep, plain};
use flowstone::bound::Bounded;
use flowstone::clock::Moment;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, TestSource, at_every_size};
use flowstone::windows::{Apart, Pane, Timeline, Window};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, UNIX_EPOCH};

fn items(of: &[(u8, i64)]) -> TestSource<Item> {
    TestSource::items(of.iter().zip(0..).map(|((key, second), number)| (*key, *second, number)))
}

dataflow! {
    flow counts(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(at, wait = 5s), windows = tumbling(10s))
            -> output("out", out);
    }

    flow read_late(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>, late: TestSink<(u8, Item)>) {
        counts = input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(at, wait = 5s), windows = tumbling(10s));
        counts.late -> output("late", late);
        counts -> output("out", out);
    }
}

#[test]
fn late_items_go_to_their_port_and_are_counted() {
    at_every_size(|size| {
        let (out, late) = (TestSink::new(), TestSink::new());
        let input = items(&[(1, 3), (1, 14), (1, 9), (1, 15), (1, 8), (2, 1), (1, -1)]);
        let report = read_late(input, out.clone(), late.clone()).run(&free_running(size)).unwrap();
        let mut rows = plain(out.take());
        rows.sort();
        assert_eq!(rows, [(1, 0, 0, 10, 2), (1, 1, 10, 20, 2), (2, 0, 0, 10, 1)]);
        assert_eq!(late.sorted(), [(1, (1, -1, 6)), (1, (1, 8, 4))]);
        assert_eq!((report.steps[0].late, report.steps[0].late_unread), (2, false));
        assert_eq!(report.lines(), Vec::<String>::new());
    });
}

#[test]
fn late_items_that_nobody_reads_are_told_of_at_the_end() {
    let out = TestSink::new();
    let report = counts(items(&[(1, 3), (1, 40), (1, 9), (1, 5)]), out).run(&free_running(&Config::default())).unwrap();
    assert_eq!(report.lines(), ["count: 2 late items, which nobody read (`.late`)"]);
}

#[test]
fn nothing_in_gives_nothing_out() {
    let out = TestSink::new();
    counts(items(&[]), out.clone()).run(&free_running(&Config::default().workers(2))).unwrap();
    assert!(out.is_empty());
}

dataflow! {
    flow twice(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("small", clock = event_time(at, wait = 0s), windows = tumbling(10s))
            -> reduce_window("large",
                   clock = event_time(|small| small.open, wait = 10s),
                   windows = tumbling(1min),
                   |a, b| a.map(|value| value + b.value))
            -> map_value(|large| large.map(|small| small.value))
            -> output("out", out);
    }
}

#[test]
fn windows_can_stand_behind_windows() {
    at_every_size(|size| {
        let out = TestSink::new();
        let seconds: Vec<(u8, i64)> = (0..130).flat_map(|second| [(1, second), (2, second)]).collect();
        twice(items(&seconds), out.clone()).run(&free_running(size)).unwrap();
        let mut rows = plain(out.take());
        rows.sort();
        let of = |key| [(key, 0, 0, 60, 60), (key, 1, 60, 120, 60), (key, 2, 120, 180, 10)];
        assert_eq!(rows, [of(1), of(2)].concat());
    });
}

dataflow! {
    flow gathered(
        items: TestSource<Item>,
        sets: TestSink<(u8, Windowed<BTreeSet<u32>>)>,
        maps: TestSink<(u8, Windowed<BTreeMap<bool, u32>>)>,
    ) {
        keyed = input("items", items) -> key_on("key", |item| item.0);
        keyed
            -> map_value(|item| (item.1, item.2 % 2))
            -> collect_window("times",
                   clock = event_time(|(second, _)| second * SECOND, wait = 10s), windows = tumbling(10s), into = set)
            -> map_value(|window| window.map(|set| set.into_iter().map(|(_, odd)| odd).collect()))
            -> output("sets", sets);
        keyed
            -> map_value(|item| (item.1 % 2 == 0, item.2))
            -> collect_window("newest",
                   clock = system_time(), windows = tumbling(10s), into = map)
            -> output("maps", maps);
    }
}

#[test]
fn values_are_gathered_into_sets_and_maps() {
    let (sets, maps) = (TestSink::new(), TestSink::new());
    let input = items(&[(1, 3), (1, 5), (1, 4), (1, 13)]);
    gathered(input, sets.clone(), maps.clone()).run(&free_running(&Config::default())).unwrap();
    let sets = plain(sets.take());
    assert_eq!(sets[0], (1, 0, 0, 10, BTreeSet::from([0, 1])));
    assert_eq!(plain(maps.take()), [(1, 0, 0, 10, BTreeMap::from([(false, 3), (true, 2)]))]);
}

/// The clock of [`event_time`], written once more.
#[derive(Clone)]
struct Newest;

impl WindowClock<Item> for Newest {
    type Mark = Timestamp;
    const TIMELINE: Timeline = Timeline::System;

    fn time_of(&self, item: &Item) -> Option<Timestamp> {
        Some(at(item))
    }
    fn start(&self, at_least: Timestamp, _now: &Moment) -> Timestamp {
        at_least
    }
    fn arrive(&self, mark: &mut Timestamp, at: Option<Timestamp>, _now: &Moment) -> Option<Timestamp> {
        *mark = at?.max(*mark);
        at
    }
    fn watermark(&self, mark: &Timestamp, _now: &Moment) -> Timestamp {
        *mark
    }
    fn reaches(&self, _mark: &Timestamp, _time: Timestamp) -> Option<Timestamp> {
        None
    }
}

/// Windows that begin at powers of two.
#[derive(Clone)]
struct Octaves;

impl Windower for Octaves {
    type Overlap = Apart;

    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
        let second = (at.0 / SECOND).max(1);
        let id = i64::from(second.ilog2());
        into(Window { id, open: Timestamp(SECOND << id), close: Timestamp(SECOND << (id + 1)) });
    }
}

dataflow! {
    flow of_ones_own(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = Newest, windows = Octaves)
            -> output("out", out);
    }
}

#[test]
fn clocks_and_windows_can_be_ones_own() {
    at_every_size(|size| {
        let out = TestSink::new();
        of_ones_own(items(&[(1, 1), (1, 2), (1, 3), (1, 9), (1, 4), (2, 5)]), out.clone())
            .run(&free_running(size))
            .unwrap();
        let mut rows = plain(out.take());
        rows.sort();
        assert_eq!(rows, [(1, 0, 1, 2, 1), (1, 1, 2, 4, 2), (1, 3, 8, 16, 1), (2, 2, 4, 8, 1)]);
    });
}

dataflow! {
    flow of_length(length: Duration, offset: Duration, out: TestSink<(i32, Windowed<u64>)>) {
        input("items", iter([1]))
            -> key_on("key", |item| *item)
            -> count_window("count", clock = system_time(), windows = sliding(length, offset = offset))
            -> output("out", out);
    }

    flow of_system_times(out: TestSink<(bool, Windowed<u64>)>) {
        input("seconds", iter([Some(3u64), None, Some(12)]))
            -> key_on("key", |_| true)
            -> count_window("count",
                   clock = event_time(|second| second.map(|second| UNIX_EPOCH + Duration::from_secs(second)), wait = 0s),
                   windows = tumbling(10s))
            -> output("out", out);
    }
}

#[test]
fn windows_into_which_nothing_fits_keep_the_flow_from_starting() {
    let says = |length, offset| {
        let flow = of_length(Duration::from_secs(length), Duration::from_secs(offset), TestSink::new());
        flow.run(&free_running(&Config::default().workers(2))).unwrap_err().to_string()
    };
    assert_eq!(says(0, 0), "step `count`: the length of a window must be more than zero");
    assert_eq!(says(10, 0), "step `count`: the offset between two windows must be more than zero");
    let longer =
        "step `count`: the offset between two windows must not be longer than they are: some times would be in none";
    assert_eq!(says(10, 20), longer);
}

#[test]
fn what_has_no_time_is_late() {
    let out = TestSink::new();
    let report = of_system_times(out.clone()).run(&free_running(&Config::default())).unwrap();
    assert_eq!(out.take().into_iter().map(|(_, window)| window.value).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(report.steps[0].late, 1);
}

#[test]
fn windows_that_close_at_once_go_out_by_close_then_open() {
    let out = TestSink::new();
    counts(items(&[(1, 32), (1, 31), (1, 29), (1, 90)]), out.clone()).run(&lockstep(&Config::default())).unwrap();
    let rows = out.take();
    assert!(rows.iter().all(|(_, window)| window.pane == Pane::OnTime && window.merged.is_empty()));
    assert_eq!(plain(rows), [(1, 2, 20, 30, 1), (1, 3, 30, 40, 2), (1, 9, 90, 100, 1)]);
}

/// Keeps the flow's types honest: the steps can be called by hand.
#[test]
fn steps_can_be_called_by_hand() {
    use flowstone::ops;
    use flowstone::windows::{event_time, tumbling};

    fn by_hand<'s, C: Chain<'s, (u8, Item)>>(
        stream: Stream<'s, (u8, Item), Bounded, C>,
    ) -> Stream<'s, (u8, Windowed<u64>), Bounded, impl Chain<'s, (u8, Windowed<u64>)>> {
        let clock = event_time(|item: &Item| at(item), Duration::ZERO, None);
        let (counts, _late) =
            ops::count_window(stream, "count", clock, tumbling(Duration::from_secs(10), None), None, None, None);
        counts
    }
    dataflow! {
        flow demo(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
            input("items", items) -> key_on("key", |item| item.0) -> apply("count", by_hand) -> output("out", out);
        }
    }
    let out = TestSink::new();
    demo(items(&[(1, 3), (1, 4)]), out.clone()).run(&free_running(&Config::default())).unwrap();
    assert_eq!(plain(out.take()), [(1, 0, 0, 10, 2)]);
}
