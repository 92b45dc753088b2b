//! Random items in a random order, against what the plainest way gives.

use crate::batch::{Outcome, Windows, evaluate};
use crate::common::cases;
use crate::{Item, at, free_running};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, size_by_seed};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use std::time::Duration;

type Rows = TestSink<(u8, Windowed<Vec<Item>>)>;
type LateRows = TestSink<(u8, Item)>;

macro_rules! flows {
    ($by:ident: $($name:ident by $clock:ident in $windows:ident($($args:tt)*);)*) => {
        dataflow! {
            $(
                flow $name(items: TestSource<Item>, $by: Sizes, ordered: bool, out: Rows, late: LateRows) {
                    windows = input("items", items)
                        -> key_on("key", |item| item.0)
                        -> collect_window("window", clock = $clock(at, wait = $by.wait), windows = $windows($($args)*), ordered = ordered);
                    windows.late -> output("late", late);
                    windows -> output("out", out);
                }
            )*
        }
    };
}

flows! {
    by:
    tumbling_by_key by event_time in tumbling(by.length, align_to = by.align_to);
    sliding_by_key by event_time in sliding(by.length, offset = by.offset, align_to = by.align_to);
    session_by_key by event_time in session(gap = by.length);
    tumbling_by_all by watermark in tumbling(by.length, align_to = by.align_to);
    sliding_by_all by watermark in sliding(by.length, offset = by.offset, align_to = by.align_to);
    session_by_all by watermark in session(gap = by.length);
}

#[derive(Debug, Clone, Copy)]
struct Sizes {
    wait: Duration,
    length: Duration,
    offset: Duration,
    align_to: Timestamp,
}

/// Items whose times wander, in batches.
pub(crate) fn items() -> impl Strategy<Value = Vec<Vec<Item>>> {
    let steps = prop::collection::vec((0..6u8, -12..14i64), 0..120);
    (steps, -60..20i64, 1..9usize).prop_map(|(steps, mut time, size)| {
        let mut items = Vec::new();
        for (number, (key, step)) in steps.into_iter().enumerate() {
            time += step;
            items.push((key, time, number as u32));
        }
        items.chunks(size).map(<[Item]>::to_vec).collect()
    })
}

#[derive(Debug, Clone, Copy)]
struct Params {
    kind: usize,
    length: i64,
    offset: i64,
    align_to: i64,
    wait: i64,
    shared: bool,
    ordered: bool,
    size: u64,
}

fn params() -> impl Strategy<Value = Params> {
    let sizes = (1..25i64, 1..25i64, -15..15i64, 0..30i64);
    let how = (0..3usize, any::<bool>(), any::<bool>(), any::<u64>());
    (sizes, how).prop_map(|((length, offset, align_to, wait), (kind, shared, ordered, size))| Params {
        kind,
        length,
        offset: offset.min(length),
        align_to,
        wait,
        shared,
        ordered,
        size,
    })
}

fn run(batches: &[Vec<Item>], params: Params) -> (Outcome, Vec<(u8, i64)>) {
    let Params { kind, length, offset, align_to, wait, shared, ordered, size } = params;
    let seconds = |n: i64| Duration::from_secs(n.unsigned_abs());
    let sizes = Sizes {
        wait: seconds(wait),
        length: seconds(length),
        offset: seconds(offset),
        align_to: Timestamp(align_to * crate::SECOND),
    };
    let source = TestSource::script(batches.iter().cloned().map(Entry::Items));
    let (out, late) = (TestSink::new(), TestSink::new());
    let flow = match (kind, shared) {
        (0, false) => tumbling_by_key(source, sizes, ordered, out.clone(), late.clone()),
        (1, false) => sliding_by_key(source, sizes, ordered, out.clone(), late.clone()),
        (_, false) => session_by_key(source, sizes, ordered, out.clone(), late.clone()),
        (0, true) => tumbling_by_all(source, sizes, ordered, out.clone(), late.clone()),
        (1, true) => sliding_by_all(source, sizes, ordered, out.clone(), late.clone()),
        (_, true) => session_by_all(source, sizes, ordered, out.clone(), late.clone()),
    };
    flow.run(&free_running(&size_by_seed(size))).unwrap();
    let rows = out.take();
    let ids = rows.iter().map(|(key, window)| (*key, window.id)).collect();
    let mut windows: Vec<_> = rows
        .into_iter()
        .map(|(key, Windowed { open, close, mut value, .. })| {
            if !ordered {
                value.sort_by_key(|item| (item.1, item.2));
            }
            (key, open.0 / crate::SECOND, close.0 / crate::SECOND, value)
        })
        .collect();
    windows.sort();
    let mut late: Vec<Item> = late.take().into_iter().map(|(_, item)| item).collect();
    late.sort();
    (Outcome { windows, late }, ids)
}

fn windows(params: Params) -> Windows {
    let Params { kind, length, offset, align_to, .. } = params;
    match kind {
        0 => Windows::Tumbling { length, align_to },
        1 => Windows::Sliding { length, offset, align_to },
        _ => Windows::Session { gap: length },
    }
}

fn runner() -> TestRunner {
    TestRunner::new(ProptestConfig {
        cases: cases(400),
        max_shrink_iters: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })
}

#[test]
fn windows_are_what_the_plainest_way_gives() {
    let result = runner().run(&(items(), params()), |(batches, params)| {
        let (outcome, ids) = run(&batches, params);
        let items: Vec<Item> = batches.concat();
        let expected = evaluate(&items, windows(params), params.wait, params.shared);
        prop_assert_eq!(&outcome, &expected);
        let different: BTreeSet<_> = ids.iter().collect();
        prop_assert_eq!(different.len(), ids.len(), "an id came twice");
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

dataflow! {
    flow folded(items: TestSource<Item>, by: Sizes, out: TestSink<(u8, Windowed<Vec<u32>>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> fold_window("window",
                   clock = event_time(at, wait = by.wait),
                   windows = session(gap = by.length),
                   init = Vec::new,
                   fold = |mut list: Vec<u32>, item| { list.push(item.2); list },
                   merge = |mut a, mut b| { a.append(&mut b); a })
            -> output("out", out);
    }
}

#[test]
fn values_within_the_wait_are_folded_in_the_order_of_their_times() {
    // Wider than the widest detour that the times can take.
    let wait = 12 * 120;
    let result = runner().run(&(items(), 1..25i64, any::<u64>()), |(batches, gap, size)| {
        let sizes = Sizes {
            wait: Duration::from_secs(wait),
            length: Duration::from_secs(gap.unsigned_abs()),
            offset: Duration::ZERO,
            align_to: Timestamp(0),
        };
        let out = TestSink::new();
        let source = TestSource::script(batches.iter().cloned().map(Entry::Items));
        folded(source, sizes, out.clone()).run(&free_running(&size_by_seed(size))).unwrap();
        let mut rows: Vec<_> = out.take().into_iter().map(|(key, window)| (key, window.open.0, window.value)).collect();
        rows.sort();
        let expected = evaluate(&batches.concat(), Windows::Session { gap }, wait as i64, false);
        let numbers = |items: Vec<Item>| items.into_iter().map(|item| item.2).collect::<Vec<_>>();
        let expected: Vec<_> = expected
            .windows
            .into_iter()
            .map(|(key, open, _, items)| (key, open * crate::SECOND, numbers(items)))
            .collect();
        prop_assert_eq!(rows, expected);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
