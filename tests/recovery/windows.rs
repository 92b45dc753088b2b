//! Windows under one watermark through aborts and restarts.

use crate::in_process::ends_behind;
use crate::store::fresh;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource};
use proptest::prelude::*;

/// A key, a time in seconds, a number.
type Item = (u8, i64, u32);
type Out = TestSink<(u8, Windowed<(u64, u64)>)>;

fn at(item: &Item) -> Timestamp {
    Timestamp(item.1 * 1_000_000)
}

dataflow! {
    /// Nothing is late, in whatever order partitions are read.
    flow patient(items: TestSource<Item>, out: Out) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> aggregate_window("sums",
                   clock = watermark(at, wait = 30min),
                   windows = sliding(20s, offset = 10s),
                   of = (count(), sum(|item| item.2)))
            -> output("out", out);
    }

    /// Much is late, and corrected.
    flow hasty(items: TestSource<Item>, out: Out) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> aggregate_window("sums",
                   clock = watermark(at, wait = 2s),
                   windows = tumbling(10s),
                   allowed_lateness = 15s,
                   of = (count(), sum(|item| item.2)))
            -> output("out", out);
    }
}

/// A script for one partition: keys and steps of the time, and aborts between them.
fn script() -> impl Strategy<Value = Vec<Option<(u8, i64)>>> {
    prop::collection::vec(prop::option::weighted(0.9, (0..5u8, -8..12i64)), 0..40)
}

fn source(scripts: &[Vec<Option<(u8, i64)>>], aborts: bool) -> TestSource<Item> {
    let mut all = scripts.iter().map(|script| {
        let mut time = 0;
        let mut entries = Vec::new();
        for (number, line) in (0u32..).zip(script) {
            match line {
                Some((key, step)) => {
                    time += step;
                    entries.push(Entry::Items(vec![(*key, time, number)]));
                }
                None if aborts => entries.push(Entry::Abort),
                None => {}
            }
        }
        entries
    });
    let first = TestSource::script(all.next().unwrap_or_default());
    all.fold(first, TestSource::and)
}

/// The rows of each key in the order in which they came.
fn by_key(out: &Out) -> Vec<(u8, Windowed<(u64, u64)>)> {
    let mut committed = out.take_committed();
    committed.sort_by_key(|(key, _)| *key);
    committed
}

fn check(
    flow: fn(TestSource<Item>, Out) -> Flow,
    scripts: &[Vec<Option<(u8, i64)>>],
    workers: &[usize],
    lockstep: bool,
) {
    let undisturbed = TestSink::new();
    flow(source(scripts, false), undisturbed.clone()).run(&Config::default()).unwrap();
    let (store, out, items) = (fresh("windows"), TestSink::new(), source(scripts, true));
    let aborts = scripts.iter().flatten().filter(|line| line.is_none()).count();
    assert!(ends_behind(aborts, &store, workers, lockstep, || flow(items.clone(), out.clone())));
    let mut committed = by_key(&out);
    let mut expected = by_key(&undisturbed);
    if !lockstep {
        committed.sort_by_key(|(key, window)| (*key, window.id));
        expected.sort_by_key(|(key, window)| (*key, window.id));
    }
    assert_eq!(committed, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_aborts_and_any_workers_come_to_the_same_windows(
        scripts in prop::collection::vec(script(), 1..4),
        workers in prop::collection::vec(1..5usize, 12),
    ) {
        check(patient, &scripts, &workers, false);
    }

    #[test]
    fn corrections_of_closed_windows_go_on_after_an_abort(
        script in script(),
        workers in prop::collection::vec(1..5usize, 12),
    ) {
        check(hasty, &[script], &workers, true);
    }
}
