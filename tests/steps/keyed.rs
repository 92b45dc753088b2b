//! Steps that keep something per key.

use super::{below, lockstep, of};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use serde::{Deserialize, Serialize};
use std::time::Duration;

type Row = (&'static str, u64);

fn item<T>(item: T) -> Entry<T> {
    Entry::Items(vec![item])
}

dataflow! {
    flow running_totals(out: TestSink<(u64, u64)>) {
        input("numbers", below(1000))
            -> key_on(|n| n % 10)
            -> stateful_map("total", |total: &mut Option<u64>, n| {
                let now = total.unwrap_or(0) + n;
                *total = (now < 10_000).then_some(now);
                now
            })
            -> output("out", out);
    }
}

#[test]
fn stateful_map_gives_one_for_one_and_forgets_on_none() {
    at_every_size(|config| {
        let out = TestSink::new();
        running_totals(out.clone()).run(config).unwrap();
        let rows = out.take();
        assert_eq!(rows.len(), 1000);
        for key in 0..10 {
            // What values make of the state in between depends on their order, what it adds up to between two resets does not.
            let totals = of(&rows, key);
            let resets: u64 = totals.iter().filter(|total| **total >= 10_000).sum();
            let rest = totals.last().filter(|total| **total < 10_000).copied().unwrap_or(0);
            assert_eq!(resets + rest, (0..1000).filter(|n| n % 10 == key).sum::<u64>());
        }
    });
}

dataflow! {
    flow changes(out: TestSink<(u64, String)>) {
        input("numbers", iter((0..200u64).map(|n| (n % 4, n / 40))))
            -> stateful_flat_map("changes", |last: &mut Option<u64>, n| {
                let changed = last.replace(n) != Some(n);
                if changed { vec!["was".to_string(), n.to_string()] } else { Vec::new() }
            })
            -> output("out", out);
    }
}

#[test]
fn stateful_flat_map_gives_any_number_in_order() {
    at_every_size(|config| {
        let out = TestSink::new();
        changes(out.clone()).run(config).unwrap();
        let rows = out.take();
        let expected: Vec<String> = (0..5).flat_map(|n| ["was".to_string(), n.to_string()]).collect();
        for key in 0..4 {
            assert_eq!(of(&rows, key), expected);
        }
    });
}

dataflow! {
    flow lists(source: TestSource<Row>, out: TestSink<(&'static str, Vec<u64>)>) {
        input("numbers", source) -> map(|(key, n)| (Word::from(key), n))
            -> collect("lists", max_size = 3, timeout = 500ms)
            -> map(|(key, list)| (key.text(), list))
            -> output("out", out);
    }
}

/// A key that is an enum: a word of a few.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Word {
    A,
    B,
}

impl From<&str> for Word {
    fn from(text: &str) -> Word {
        if text == "a" { Word::A } else { Word::B }
    }
}

impl Word {
    fn text(self) -> &'static str {
        match self {
            Word::A => "a",
            Word::B => "b",
        }
    }
}

#[test]
fn collect_gives_full_lists_and_the_rest_at_the_end() {
    at_every_size(|config| {
        let out = TestSink::new();
        let source = TestSource::items((0..7).map(|n| ("a", n)).chain([("b", 9)]));
        lists(source, out.clone()).run(&lockstep(config)).unwrap();
        let rows = out.take();
        assert_eq!(of(&rows, "a"), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(of(&rows, "b"), [vec![9]]);
    });
}

#[test]
fn collect_counts_the_timeout_from_the_first_item_of_a_list() {
    at_every_size(|config| {
        let out = TestSink::new();
        let pause = |ms| Entry::Advance(Duration::from_millis(ms));
        let source = TestSource::script([
            item(("a", 1)),
            pause(300),
            item(("a", 2)),
            item(("b", 3)),
            pause(199),
            item(("a", 4)), // full: its timer goes with it
            item(("a", 5)), // a new list, from 499 ms
            pause(1),
            item(("a", 6)),
            pause(498),     // 998 ms: b's time was up at 800 ms
            item(("a", 7)), // full before its time
            item(("a", 8)),
            pause(500), // exactly its time
            item(("a", 9)),
        ]);
        lists(source, out.clone()).run(&lockstep(config)).unwrap();
        let rows = out.take();
        assert_eq!(of(&rows, "a"), [vec![1, 2, 4], vec![5, 6, 7], vec![8], vec![9]]);
        assert_eq!(of(&rows, "b"), [vec![3]]);
    });
}

dataflow! {
    flow hundreds(out: TestSink<(u64, u64)>) {
        input("numbers", below(1000))
            -> key_on(|n| n % 5)
            -> map_value(|_| 1)
            -> reduce("hundred", |a, b| a + b, |sum| *sum >= 100)
            -> output("out", out);
    }
}

#[test]
fn reduce_emits_when_complete_and_starts_again() {
    at_every_size(|config| {
        let out = TestSink::new();
        hundreds(out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), (0..5).flat_map(|key| [(key, 100), (key, 100)]).collect::<Vec<_>>());
    });
}

dataflow! {
    flow complete_at_once(out: TestSink<(u64, u64)>) {
        input("numbers", iter([(1, 7), (1, 8), (2, 3)]))
            -> reduce("high", |a, b| a + b, |sum| *sum > 5)
            -> output("out", out);
    }
}

#[test]
fn reduce_may_be_complete_with_one_value_and_what_never_is_never_comes() {
    let out = TestSink::new();
    complete_at_once(out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), [(1, 7), (1, 8)]);
}

dataflow! {
    flow firsts(source: TestSource<(u64, u64)>, out: TestSink<(u64, u64)>) {
        input("numbers", source) -> dedupe("first") -> output("out", out);
    }

    flow firsts_for_a_while(source: TestSource<(u64, u64)>, out: TestSink<(u64, u64)>) {
        input("numbers", source) -> dedupe("first", ttl = 1s) -> output("out", out);
    }
}

#[test]
fn dedupe_passes_the_first_value_of_each_key() {
    at_every_size(|config| {
        let out = TestSink::new();
        let source = TestSource::items((0..100).map(|n| (n % 10, n)));
        firsts(source, out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), (0..10).map(|n| (n, n)).collect::<Vec<_>>());
    });
}

#[test]
fn dedupe_forgets_a_key_its_ttl_after_its_first_value() {
    at_every_size(|config| {
        let out = TestSink::new();
        let pause = |ms| Entry::Advance(Duration::from_millis(ms));
        let script = || {
            TestSource::script([
                item((1, 10)),
                pause(900),
                item((1, 11)), // does not begin the time again
                item((2, 20)),
                pause(100),
                item((1, 12)),
                item((2, 21)),
                pause(999),
                item((1, 13)),
                item((2, 22)),
            ])
        };
        firsts_for_a_while(script(), out.clone()).run(&lockstep(config)).unwrap();
        let rows = out.take();
        assert_eq!((of(&rows, 1), of(&rows, 2)), (vec![10, 12], vec![20, 22]));
        firsts(script(), out.clone()).run(&lockstep(config)).unwrap();
        assert_eq!(out.sorted(), [(1, 10), (2, 20)]);
    });
}

dataflow! {
    flow greatest(out: TestSink<(bool, Vec<(u64, u64)>)>) {
        input("numbers", iter([5, 3, 5, 1, 9, 3, 0].into_iter().enumerate().map(|(at, n)| (at as u64, n))))
            -> key_on(|_| true)
            -> top_k("best", 3, |(_, n)| *n)
            -> output("out", out);
    }
}

#[test]
fn top_k_says_so_whenever_its_list_changes_and_keeps_the_earlier_of_equals() {
    at_every_size(|config| {
        let out = TestSink::new();
        greatest(out.clone()).run(config).unwrap();
        let lists = of(&out.take(), true);
        assert_eq!(
            lists,
            [vec![(0, 5)], vec![(0, 5), (1, 3)], vec![(0, 5), (2, 5), (1, 3)], vec![(4, 9), (0, 5), (2, 5)],]
        );
    });
}

/// A key of the user's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Place {
    street: String,
    number: Option<u32>,
}

dataflow! {
    flow any_key(
        tuples: TestSink<((u64, String), u64)>,
        enums: TestSink<(Word, u64)>,
        numbers: TestSink<(u64, u64)>,
        structs: TestSink<(Place, u64)>,
        units: TestSink<((), u64)>,
    ) {
        all = input("numbers", below(60)) -> redistribute();
        all -> key_on(|n| (n % 2, (n % 3).to_string())) -> count_final("tuples") -> output("tuples_out", tuples);
        all -> key_on(|n| if n % 4 == 0 { Word::A } else { Word::B })
            -> stateful_map("enums", |seen: &mut Option<u64>, _| *seen.insert(seen.unwrap_or(0) + 1))
            -> max_final("most")
            -> output("enums_out", enums);
        all -> key_on(|n| n % 5) -> count_final("numbers_count") -> output("numbers_out", numbers);
        all -> key_on(|n| Place { street: "Main".into(), number: (n % 2 == 0).then_some(1) })
            -> count_final("structs")
            -> output("structs_out", structs);
        all -> key_on(|_| ()) -> reduce_final("units", |a, b| a + b) -> output("units_out", units);
    }
}

#[test]
fn any_type_that_can_be_hashed_and_stored_is_a_key() {
    at_every_size(|config| {
        let (tuples, enums, numbers) = (TestSink::new(), TestSink::new(), TestSink::new());
        let (structs, units) = (TestSink::new(), TestSink::new());
        any_key(tuples.clone(), enums.clone(), numbers.clone(), structs.clone(), units.clone()).run(config).unwrap();
        let pairs = (0..2).flat_map(|a| (0..3).map(move |b| ((a, b.to_string()), 10)));
        assert_eq!(tuples.sorted(), pairs.collect::<Vec<_>>());
        assert_eq!(enums.sorted(), [(Word::A, 15), (Word::B, 45)]);
        assert_eq!(numbers.sorted(), (0..5).map(|n| (n, 12)).collect::<Vec<_>>());
        let place = |number| Place { street: "Main".into(), number };
        assert_eq!(structs.sorted(), [(place(None), 30), (place(Some(1)), 30)]);
        assert_eq!(units.take(), [((), 59 * 60 / 2)]);
    });
}
