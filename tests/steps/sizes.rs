//! Every step that keeps state gives the same on one worker, on several, on several processes, and however batches travel.

use super::common::cases;
use flowstone::clock::Clock;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, size_by_seed};
use proptest::prelude::*;
use std::time::Duration;

/// A key, a time in seconds, a number.
type Item = (u8, i64, u32);

/// What a step emitted: its id, the key, the rest as text.
type Row = (&'static str, String, String);

fn row<K: std::fmt::Debug, V: std::fmt::Debug>(step: &'static str) -> impl Fn((K, V)) -> Row {
    move |(key, value)| (step, format!("{key:?}"), format!("{value:?}"))
}

fn micros(item: &Item) -> i64 {
    item.1 * 1_000_000
}

macro_rules! by_clock {
    ($($name:ident: $clock:ident;)*) => {
        dataflow! {
            $(
                flow $name(items: TestSource<Item>, wait: Duration, of_sides: Duration, out: TestSink<Row>) {
                    items = input("items", items) -> key_on("key", |item| item.0);
                    odd = items -> filter_value("odd", |item| item.2 % 2 == 1);
                    even = items -> filter_value("even", |item| item.2 % 2 == 0);

                    numbered = items
                        -> stateful_map("numbered", |n: &mut Option<u32>, item| (*n.insert(n.unwrap_or(0) + 1), item));
                    changes = items
                        -> map_value(|item| item.2 / 8)
                        -> stateful_flat_map("changes", |last: &mut Option<u32>, n| (last.replace(n) != Some(n)).then_some(n));
                    lists = items -> collect("lists", max_size = 3, timeout = 1d);
                    hundreds = items -> map_value(|item| item.2) -> reduce("hundreds", |a, b| a + b, |sum| *sum >= 100);
                    firsts = items -> key_on("tens", |(_, item)| item.2 / 10) -> map_value(|_| ()) -> dedupe("firsts");
                    best = items -> map_value(|item| item.2) -> top_k("best", 2, |n| *n);
                    epochs = items
                        -> map_value(|item| item.2)
                        -> reduce_epoch("epochs", |a, b| a + b)
                        -> reduce_final("sum_of_epochs", |a, b| a + b);
                    totals = items
                        -> aggregate_final("totals", of = (count(), sum(|item| item.2), max(|item| item.1)));
                    again = totals -> key_on("again", |(key, _)| key % 2) -> count_final("twice");
                    product = join("product", odd, even, insert = product, emit = final, kind = full);
                    latest = join("latest", odd, even, emit = final);

                    tumbling = items
                        -> aggregate_window("tumbling", clock = $clock(micros_of, wait = wait), windows = tumbling(7s),
                               of = (count(), sum(|item| item.2)));
                    sliding = items
                        -> aggregate_window("sliding", clock = $clock(micros_of, wait = wait), windows = sliding(9s, offset = 4s),
                               of = (count(), sum(|item| item.2), max(|item| item.2)));
                    sessions = items
                        -> collect_window("sessions", clock = $clock(micros_of, wait = wait), windows = session(gap = 3s));
                    of_windows = tumbling
                        -> key_on("of_windows", |(key, _)| key % 2)
                        -> map_value(|(_, window)| window)
                        -> fold_window("large", clock = $clock(opened, wait = Duration::from_secs(1_000)), windows = tumbling(21s),
                               init = || 0, fold = |sum, window| sum + window.value.1, merge = |a, b| a + b);
                    both = join_window("both", odd, even,
                        clock = $clock((micros_of, micros_of), wait = of_sides), windows = tumbling(5s));
                    near = join_within("near", odd, even,
                        within = -2s..3s, clock = $clock((micros_of, micros_of), wait = of_sides));

                    numbered_rows = numbered -> map(row("numbered"));
                    changes_rows = changes -> map(row("changes"));
                    lists_rows = lists -> map(row("lists"));
                    hundreds_rows = hundreds -> map(row("hundreds"));
                    firsts_rows = firsts -> map(row("firsts"));
                    best_rows = best -> map(row("best"));
                    epochs_rows = epochs -> map(row("epochs"));
                    totals_rows = totals -> map(row("totals"));
                    again_rows = again -> map(row("again"));
                    product_rows = product -> map(row("product"));
                    latest_rows = latest -> map(row("latest"));
                    tumbling_rows = tumbling -> map(row("tumbling"));
                    sliding_rows = sliding -> map(row("sliding"));
                    sessions_rows = sessions -> map(row("sessions"));
                    of_windows_rows = of_windows -> map(row("of_windows"));
                    both_rows = both -> map(row("both"));
                    near_rows = near -> map(row("near"));
                    merge(
                        numbered_rows,
                        changes_rows,
                        lists_rows,
                        hundreds_rows,
                        firsts_rows,
                        best_rows,
                        epochs_rows,
                        totals_rows,
                        again_rows,
                        product_rows,
                        latest_rows,
                        tumbling_rows,
                        sliding_rows,
                        sessions_rows,
                        of_windows_rows,
                        both_rows,
                        near_rows)
                        -> output("out", out);
                }
            )*
        }
    };
}

fn micros_of(item: &Item) -> i64 {
    micros(item)
}

fn opened<V>(window: &Windowed<V>) -> Timestamp {
    window.open
}

by_clock! {
    each_key_its_watermark: event_time;
    one_watermark: watermark;
}

/// Items of one partition, none of them late: each key is in one partition, so that its values come in one order.
fn partition(wait: i64) -> impl Strategy<Value = Vec<(u8, i64, i64, u32)>> {
    prop::collection::vec((0..4u8, 0..4i64, 0..=wait, 0..60u32), 0..60)
}

fn inputs() -> impl Strategy<Value = (i64, Vec<Vec<Vec<Item>>>)> {
    let partitions = |wait| (Just(wait), prop::collection::vec((partition(wait), 1..9usize), 1..4));
    (0..12i64).prop_flat_map(partitions).prop_map(|(wait, partitions)| {
        let script = |(number, (steps, size)): (usize, (Vec<(u8, i64, i64, u32)>, usize))| {
            let mut time = 0;
            let item = |(key, step, behind, value): (u8, i64, i64, u32)| {
                time += step;
                (key + 4 * number as u8, time - behind, value)
            };
            let items: Vec<Item> = steps.into_iter().map(item).collect();
            items.chunks(size).map(<[Item]>::to_vec).collect()
        };
        (wait, partitions.into_iter().enumerate().map(script).collect())
    })
}

fn rows(flow: &Flow, out: &TestSink<Row>, config: &Config, small_epochs: bool) -> Vec<Row> {
    let mut config = config.clone().clock(Clock::manual(Timestamp(0))).free_running();
    if small_epochs {
        config = config.snapshot_interval(Duration::ZERO);
    }
    flow.run(&config).unwrap();
    out.sorted()
}

/// The rows of `these` that are not among the `others`.
fn without<'a>(these: &'a [Row], others: &[Row]) -> Vec<&'a Row> {
    let mut left = others.to_vec();
    let is_new = move |row: &&Row| left.iter().position(|other| other == *row).map(|at| left.swap_remove(at)).is_none();
    these.iter().filter(is_new).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(25), max_shrink_iters: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_steps_give_does_not_depend_on_workers_processes_or_delivery(
        (wait, partitions) in inputs(),
        by_key: bool,
        small_epochs: bool,
        seeds: [u64; 3],
    ) {
        let mut partitions = partitions.into_iter().map(|batches| batches.into_iter().map(Entry::Items));
        let first = TestSource::script(partitions.next().into_iter().flatten());
        let source = partitions.fold(first, TestSource::and);
        let out = TestSink::new();
        let wait = Duration::from_secs(wait.unsigned_abs());
        // With a watermark for each key, a side that is read ahead of the other makes the other's values late.
        let flow = match by_key {
            true => each_key_its_watermark(source, wait, Duration::from_secs(1_000), out.clone()),
            false => one_watermark(source, wait, wait, out.clone()),
        };
        let expected = rows(&flow, &out, &Config::default(), false);
        for seed in seeds {
            let given = rows(&flow, &out, &size_by_seed(seed), small_epochs);
            let (more, fewer) = (without(&given, &expected), without(&expected, &given));
            prop_assert!(given == expected, "seed {seed}: too many: {more:?}\nmissing: {fewer:?}");
        }
    }
}
