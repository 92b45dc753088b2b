//! `input(…, align = …)`: partitions that are read at different speeds, and none of what they bring is late.

use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Key, time in milliseconds, number.
type Event = (u64, i64, u64);
type Row = (u64, i64, u64);

fn at(event: &Event) -> Timestamp {
    Timestamp(event.1 * 1000)
}

dataflow! {
    flow aligned(events: TestSource<Event>, out: TestSink<Row>, late: TestSink<Event>) {
        counted = input("events", events, align = 2s, at = at)
            -> key_on("key", |event| event.0)
            -> fold_window("count",
                   clock = event_time(at, wait = 2s),
                   windows = tumbling(5s),
                   || 0u64,
                   |sum, event| sum + event.2,
                   |sum, other| sum + other);
        counted -> map("row", |(key, window)| (key, window.open.0, window.value)) -> output("out", out);
        counted.late -> map("event", |(_, event)| event) -> output("late", late);
    }

    flow unaligned(events: TestSource<Event>, out: TestSink<Row>, late: TestSink<Event>) {
        counted = input("events", events)
            -> key_on("key", |event| event.0)
            -> fold_window("count",
                   clock = event_time(at, wait = 2s),
                   windows = tumbling(5s),
                   || 0u64,
                   |sum, event| sum + event.2,
                   |sum, other| sum + other);
        counted -> map("row", |(key, window)| (key, window.open.0, window.value)) -> output("out", out);
        counted.late -> map("event", |(_, event)| event) -> output("late", late);
    }
}

/// The same minute in three partitions: item by item, forty at a time with a pause of half the time, and all at once; and one
/// partition that has nothing. Each event has a number of its own.
fn partitions() -> Vec<Vec<Event>> {
    let events = |partition: u64, step: i64, pause: bool| {
        (0..60_000 / step)
            .map(|number| (number as u64 % 3, number * step, partition * 100_000 + number as u64))
            .filter(|event| !pause || !(15_000..45_000).contains(&event.1))
            .collect()
    };
    vec![events(0, 400, false), events(1, 90, true), events(2, 150, false), Vec::new()]
}

fn script(aborts: bool) -> TestSource<Event> {
    let batches = [1, 40, 1000, 1];
    let scripts = partitions().into_iter().zip(batches).map(|(events, batch)| {
        let mut script: Vec<Entry<Event>> = Vec::new();
        for (number, batch) in events.chunks(batch).enumerate() {
            if aborts && number % 40 == 7 {
                script.push(Entry::Abort);
            }
            script.push(Entry::Items(batch.to_vec()));
        }
        script
    });
    let mut scripts = scripts.collect::<Vec<_>>().into_iter();
    let first = TestSource::script(scripts.next().unwrap());
    scripts.fold(first, TestSource::and)
}

fn expected() -> Vec<Row> {
    let mut sums: BTreeMap<(u64, i64), u64> = BTreeMap::new();
    for (key, at, number) in partitions().into_iter().flatten() {
        *sums.entry((key, at / 5_000 * 5_000_000)).or_default() += number;
    }
    sums.into_iter().map(|((key, open), sum)| (key, open, sum)).collect()
}

#[test]
fn partitions_read_at_different_speeds_make_nothing_late() {
    at_every_size(|config| {
        let (out, late) = (TestSink::new(), TestSink::new());
        aligned(script(false), out.clone(), late.clone()).run(config).unwrap();
        assert_eq!(late.take(), []);
        assert_eq!(out.sorted(), expected());
    });
}

#[test]
fn without_alignment_they_do() {
    let (out, late) = (TestSink::new(), TestSink::new());
    unaligned(script(false), out, late.clone()).run(&Config::default().workers(2)).unwrap();
    assert!(late.len() > 20, "{}", late.len());
}

#[test]
fn what_is_held_at_a_crash_is_neither_lost_nor_doubled() {
    static STORES: AtomicU64 = AtomicU64::new(0);
    at_every_size(|config| {
        let store = format!("memory://aligned-{}", STORES.fetch_add(1, Ordering::Relaxed));
        let config = config.clone().recovery(&store).snapshot_interval(Duration::ZERO);
        let (events, out, late) = (script(true), TestSink::new(), TestSink::new());
        let mut crashes = 0;
        while let Err(error) = aligned(events.clone(), out.clone(), late.clone()).run(&config) {
            assert!(matches!(error, Error::Source { .. } | Error::Cluster { .. }), "{error:?}");
            crashes += 1;
        }
        assert!(crashes > 3, "{crashes} crashes");
        assert_eq!(late.take_committed(), []);
        let mut rows = out.take_committed();
        rows.sort_unstable();
        assert_eq!(rows, expected());
    });
}
