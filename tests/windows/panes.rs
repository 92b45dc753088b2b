//! Windows under one watermark: what several workers put together before it is sent comes to what one worker gives, and a
//! panic names the key.

use crate::batch::{Outcome, Windows, evaluate};
use crate::common::cases;
use crate::properties::items;
use crate::{Item, SECOND, at, free_running};
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size, size_by_seed};
use proptest::prelude::*;
use std::time::Duration;

/// How many items there are, the sum of their numbers, and all of them.
type Sums = (u64, u64, Vec<Item>);
type Out = TestSink<(u8, Windowed<Sums>)>;

#[derive(Debug, Clone, Copy)]
struct Sizes {
    wait: Duration,
    length: Duration,
    offset: Duration,
}

dataflow! {
    flow tumbling_sums(items: TestSource<Item>, by: Sizes, out: Out, late: TestSink<(u8, Item)>) {
        sums = input("items", items)
            -> key_on("key", |item| item.0)
            -> aggregate_window("sums",
                   clock = watermark(at, wait = by.wait),
                   windows = tumbling(by.length),
                   of = (count(), sum(|item| item.2), collect(|item| *item)));
        sums.late -> output("late", late);
        sums -> output("out", out);
    }

    flow sliding_sums(items: TestSource<Item>, by: Sizes, out: Out, late: TestSink<(u8, Item)>) {
        sums = input("items", items)
            -> key_on("key", |item| item.0)
            -> aggregate_window("sums",
                   clock = watermark(at, wait = by.wait),
                   windows = sliding(by.length, offset = by.offset),
                   of = (count(), sum(|item| item.2), collect(|item| *item)));
        sums.late -> output("late", late);
        sums -> output("out", out);
    }
}

/// Where items are `numbered` as they come, a window must have those of one time in that order.
fn outcome(partitions: Vec<Vec<Vec<Item>>>, by: Sizes, slides: bool, config: &Config, numbered: bool) -> Outcome {
    let mut partitions = partitions.into_iter().map(|batches| batches.into_iter().map(Entry::Items));
    let first = TestSource::script(partitions.next().into_iter().flatten());
    let source = partitions.fold(first, TestSource::and);
    let (out, late) = (TestSink::new(), TestSink::new());
    let flow = if slides { sliding_sums } else { tumbling_sums };
    flow(source, by, out.clone(), late.clone()).run(config).unwrap();
    let mut windows = Vec::new();
    for (key, Windowed { open, close, value: (count, sum, mut items), .. }) in out.take() {
        assert_eq!(count, items.len() as u64);
        assert_eq!(sum, items.iter().map(|item| u64::from(item.2)).sum::<u64>());
        let in_order = |item: &Item| (item.1, item.2);
        assert!(!numbered || items.is_sorted_by_key(in_order), "{items:?}");
        items.sort_by_key(in_order);
        windows.push((key, open.0 / SECOND, close.0 / SECOND, items));
    }
    windows.sort();
    let mut late: Vec<Item> = late.take().into_iter().map(|(_, item)| item).collect();
    late.sort();
    Outcome { windows, late }
}

/// Items none of which is further behind those before it than `wait`: so none is late, whichever partition is read first.
fn within(wait: i64) -> impl Strategy<Value = Vec<Vec<Item>>> {
    let steps = prop::collection::vec((0..6u8, 0..4i64, 0..=wait), 0..120);
    (steps, -60..20i64, 1..9usize).prop_map(|(steps, mut time, size)| {
        let mut items = Vec::new();
        for (number, (key, step, behind)) in steps.into_iter().enumerate() {
            time += step;
            items.push((key, time - behind, number as u32));
        }
        items.chunks(size).map(<[Item]>::to_vec).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(300), max_shrink_iters: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_of_one_partition_are_what_the_plainest_way_gives(
        batches in items(),
        (length, offset, wait) in (1..25i64, 1..25i64, 0..20u64),
        slides: bool,
        size: u64,
    ) {
        let offset = offset.min(length);
        let seconds = |n: i64| Duration::from_secs(n.unsigned_abs());
        let by = Sizes { wait: Duration::from_secs(wait), length: seconds(length), offset: seconds(offset) };
        let windows = match slides {
            true => Windows::Sliding { length, offset, align_to: 0 },
            false => Windows::Tumbling { length, align_to: 0 },
        };
        // Numbered as they come, so that it can be seen in which order values of one time met a window.
        let mut number = 0;
        let mut numbered = |(key, time, _): Item| {
            number += 1;
            (key, time, number)
        };
        let batches: Vec<Vec<Item>> =
            batches.into_iter().map(|batch| batch.into_iter().map(&mut numbered).collect()).collect();
        let expected = evaluate(&batches.concat(), windows, wait as i64, true);
        let one_worker = size % 24 == 0;
        prop_assert_eq!(outcome(vec![batches], by, slides, &free_running(&size_by_seed(size)), one_worker), expected);
    }

    #[test]
    fn sums_of_several_partitions_are_those_of_one_worker(
        (wait, partitions) in (0..20i64).prop_flat_map(|wait| (Just(wait), prop::collection::vec(within(wait), 1..5))),
        (length, offset) in (1..25u64, 1..25u64),
        slides: bool,
        size: u64,
        each_batch_an_epoch: bool,
    ) {
        let wait = Duration::from_secs(wait.unsigned_abs());
        let by = Sizes { wait, length: Duration::from_secs(length), offset: Duration::from_secs(offset.min(length)) };
        // A number for each item of all, so that what is equal is the same.
        let number = |(at, batches): (usize, Vec<Vec<Item>>)| -> Vec<Vec<Item>> {
            let item = |(key, time, n): Item| (key, time, n + 1_000 * at as u32);
            batches.into_iter().map(|batch| batch.into_iter().map(item).collect()).collect()
        };
        let partitions: Vec<_> = partitions.into_iter().enumerate().map(number).collect();
        let alone = outcome(partitions.clone(), by, slides, &free_running(&Config::default()), false);
        prop_assert!(alone.late.is_empty());
        let mut config = free_running(&size_by_seed(size));
        if each_batch_an_epoch {
            // What has been pre-aggregated is sent at the end of each.
            config = config.snapshot_interval(Duration::ZERO);
        }
        prop_assert_eq!(outcome(partitions, by, slides, &config, false), alone);
    }
}

dataflow! {
    flow careful(items: TestSource<Item>, out: TestSink<(u8, Windowed<Option<u32>>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> aggregate_window("careful",
                   clock = watermark(at, wait = 1s),
                   windows = tumbling(10s),
                   of = max(|item| if item.2 == 7 { panic!("a seven") } else { Some(item.2) }))
            -> output("out", out);
    }

    flow folded(items: TestSource<Item>, out: TestSink<(u8, Windowed<u32>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> fold_window("careful",
                   clock = event_time(at, wait = 1s),
                   windows = tumbling(10s),
                   init = || 0,
                   fold = |sum, item| if item.2 == 7 { panic!("a seven") } else { sum + item.2 },
                   merge = |a, b| a + b)
            -> output("out", out);
    }
}

#[test]
fn a_panic_in_the_closure_of_a_window_names_the_step_and_the_key() {
    let items = [(1, 0, 1), (2, 0, 7), (3, 0, 3)];
    at_every_size(|size| {
        let config = free_running(size);
        let by_all = careful(TestSource::items(items), TestSink::new()).run(&config).unwrap_err();
        let by_key = folded(TestSource::items(items), TestSink::new()).run(&config).unwrap_err();
        for error in [by_all, by_key] {
            let text = error.to_string();
            let Error::Panic { step, key, message, .. } = error else { panic!("{text}") };
            assert_eq!((step.as_str(), key.as_deref(), message.as_str()), ("careful", Some("2"), "a seven"));
            assert!(text.contains(" for key 2 at tests/windows/panes.rs:"), "{text}");
        }
    });
}

/// Sliding windows of somebody who says no more than which windows a time is in.
struct Bare(flowstone::windows::Sliding);

impl Windower for Bare {
    type Overlap = flowstone::windows::Overlapping;

    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(flowstone::windows::Window)) {
        self.0.windows_of(at, into);
    }
}

dataflow! {
    flow bare_counts(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 5s), windows = Bare(sliding(10s, 3s, None)))
            -> output("out", out);
    }

    flow counts(items: TestSource<Item>, out: TestSink<(u8, Windowed<u64>)>) {
        input("items", items)
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = watermark(at, wait = 5s), windows = sliding(10s, offset = 3s))
            -> output("out", out);
    }
}

#[test]
fn overlapping_windows_of_the_users_own_hold_what_sliding_ones_do() {
    // Enough of a key and a slice that values are put together, and some that are late.
    let items: Vec<Item> = (0..2_000i64).map(|n| ((n % 3) as u8, n / 20 - n % 7, n as u32)).collect();
    at_every_size(|size| {
        let config = free_running(size);
        let windows = |flow: fn(TestSource<Item>, TestSink<(u8, Windowed<u64>)>) -> Flow| {
            let out = TestSink::new();
            flow(TestSource::items(items.clone()), out.clone()).run(&config).unwrap();
            let mut windows: Vec<_> =
                out.take().into_iter().map(|(key, window)| (key, window.id, window.value)).collect();
            windows.sort();
            windows
        };
        let of_own = windows(bare_counts);
        assert!(of_own.len() > 90, "{of_own:?}");
        assert_eq!(of_own, windows(counts), "{size:?}");
    });
}
