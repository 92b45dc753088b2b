//! `join`: every word with every other, what is forgotten, how many sides there can be.

use super::lockstep;
use super::plain::{self, Emit, Insert, Item, Kind, Row};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use proptest::prelude::*;
use std::time::Duration;

/// A value of a row, there or perhaps not.
trait Cell {
    fn value(self) -> Option<u32>;
}

impl Cell for u32 {
    fn value(self) -> Option<u32> {
        Some(self)
    }
}

impl Cell for Option<u32> {
    fn value(self) -> Option<u32> {
        self
    }
}

/// Rows of three sides, whichever of them can be missing.
fn row<A: Cell, B: Cell, C: Cell>((key, (a, b, c)): (u8, (A, B, C))) -> Row {
    (key, vec![a.value(), b.value(), c.value()])
}

macro_rules! modes {
    ($($name:ident: $insert:ident $emit:tt $kind:ident, $($mode:ident)*;)*) => {
        dataflow! {
            $(flow $name(items: TestSource<Item>, out: TestSink<Row>) {
                items = input("items", items);
                a = items -> filter(|item| item.0 == 0) -> map(|(_, key, value)| (key, value));
                b = items -> filter(|item| item.0 == 1) -> map(|(_, key, value)| (key, value));
                c = items -> filter(|item| item.0 == 2) -> map(|(_, key, value)| (key, value));
                join("join", a, b, c, insert = $insert, emit = $emit, kind = $kind) -> map(row) -> output("out", out);
            })*
        }

        fn every_mode(items: &[Item]) {
            $({
                let expected = modes!(@plain items $($mode)*);
                at_every_size(|config| {
                    let out = TestSink::new();
                    $name(TestSource::items(items.iter().copied()), out.clone()).run(&lockstep(config)).unwrap();
                    let mut rows = out.take();
                    // Keys end in no order.
                    if stringify!($emit) == "final" {
                        rows.sort_by_key(|row| row.0);
                    }
                    assert_eq!(rows, expected, "{} {items:?}", stringify!($name));
                });
            })*
        }
    };
    (@plain $items:ident $insert:ident $emit:ident $kind:ident) => {
        plain::join($items, 3, Insert::$insert, Emit::$emit, Kind::$kind)
    };
}

modes! {
    first_complete: first complete inner, First Complete Inner;
    last_complete: last complete inner, Last Complete Inner;
    product_complete: product complete inner, Product Complete Inner;
    first_final_inner: first final inner, First Final Inner;
    first_final_full: first final full, First Final Full;
    last_final_left: last final left, Last Final Left;
    last_final_right: last final right, Last Final Right;
    product_final_inner: product final inner, Product Final Inner;
    product_final_left: product final left, Product Final Left;
    product_final_right: product final right, Product Final Right;
    product_final_full: product final full, Product Final Full;
    first_running_full: first running full, First Running Full;
    last_running_inner: last running inner, Last Running Inner;
    last_running_left: last running left, Last Running Left;
    product_running_right: product running right, Product Running Right;
    product_running_full: product running full, Product Running Full;
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_mode_gives_what_a_plain_join_gives(items in prop::collection::vec((0..3usize, 0..4u8, 0..100u32), 0..24)) {
        every_mode(&items);
    }
}

type Pair = (u8, u32);

dataflow! {
    flow usual(a: TestSource<Pair>, b: TestSource<Pair>, out: TestSink<(u8, (u32, u32))>) {
        a = input("a", a);
        b = input("b", b);
        join("join", a, b) -> output("out", out);
    }

    flow usual_final(a: TestSource<Pair>, b: TestSource<Pair>, out: TestSink<(u8, (Option<u32>, Option<u32>))>) {
        a = input("a", a);
        b = input("b", b);
        join("join", a, b, emit = final) -> output("out", out);
    }

    flow with_ttl(a: TestSource<Pair>, out: TestSink<(u8, (u32, u32))>) {
        sides = input("a", a) -> branch("sides", |(_, n)| *n < 100);
        a = sides.trues;
        b = sides.falses;
        join("join", a, b, ttl = 10s) -> output("out", out);
    }

    flow final_with_ttl(a: TestSource<Pair>, out: TestSink<(u8, (u32, Option<u32>))>) {
        sides = input("a", a) -> branch("sides", |(_, n)| *n < 100);
        a = sides.trues;
        b = sides.falses;
        join("join", a, b, emit = final, kind = left, ttl = 10s) -> output("out", out);
    }

    flow six(a: TestSource<Pair>, out: TestSink<(u8, (u32, u32, u32, u32, u32, u32))>) {
        a = input("a", a);
        b = a -> map_value(|n| n + 1);
        c = a -> map_value(|n| n + 2);
        d = a -> map_value(|n| n + 3);
        e = a -> map_value(|n| n + 4);
        f = a -> map_value(|n| n + 5);
        join("join", a, b, c, d, e, f) -> output("out", out);
    }

    flow joined_joins(a: TestSource<Pair>, out: TestSink<(u8, ((u32, u32), u32))>) {
        a = input("a", a);
        b = a -> map_value(|n| n * 10);
        pairs = join("pairs", a, b);
        sums = pairs -> map_value(|(a, b)| a + b);
        join("sums", pairs, sums) -> output("out", out);
    }
}

fn pairs(pairs: &[Pair]) -> TestSource<Pair> {
    TestSource::items(pairs.iter().copied())
}

#[test]
fn unless_told_otherwise_a_join_is_complete_with_the_last_values() {
    at_every_size(|config| {
        let out = TestSink::new();
        usual(pairs(&[(1, 1), (2, 2)]), pairs(&[(1, 10), (3, 30)]), out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(1, (1, 10))]);
    });
}

#[test]
fn what_comes_at_the_end_is_a_full_join() {
    at_every_size(|config| {
        let out = TestSink::new();
        usual_final(pairs(&[(1, 1), (2, 2)]), pairs(&[(1, 10), (3, 30)]), out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(1, (Some(1), Some(10))), (2, (Some(2), None)), (3, (None, Some(30)))]);
    });
}

/// Values of key 1, and the seconds between them.
fn script(entries: &[(u64, u32)]) -> TestSource<Pair> {
    let entries = entries
        .iter()
        .flat_map(|(after, n)| [Entry::Advance(Duration::from_secs(*after)), Entry::Items(vec![(1, *n)])]);
    TestSource::script(entries)
}

#[test]
fn a_key_is_forgotten_some_time_after_its_last_value() {
    at_every_size(|config| {
        let out = TestSink::new();
        // The second value keeps the key for another ten seconds, the third does not come in time.
        let source = script(&[(0, 1), (9, 2), (9, 100), (0, 3), (10, 101), (0, 4)]);
        with_ttl(source, out.clone()).run(&lockstep(config)).unwrap();
        assert_eq!(out.take(), [(1, (2, 100)), (1, (4, 101))]);
    });
}

#[test]
fn a_final_join_puts_out_what_it_forgets() {
    at_every_size(|config| {
        let out = TestSink::new();
        let source = script(&[(0, 1), (5, 100), (10, 2), (30, 101), (0, 3)]);
        final_with_ttl(source, out.clone()).run(&lockstep(config)).unwrap();
        assert_eq!(out.take(), [(1, (1, Some(100))), (1, (2, None)), (1, (3, Some(101)))]);
    });
}

#[test]
fn six_sides_are_one_row() {
    at_every_size(|config| {
        let out = TestSink::new();
        six(pairs(&[(1, 1), (2, 10)]), out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(1, (1, 2, 3, 4, 5, 6)), (2, (10, 11, 12, 13, 14, 15))]);
    });
}

#[test]
fn a_join_is_a_side_of_another() {
    at_every_size(|config| {
        let out = TestSink::new();
        joined_joins(pairs(&[(1, 1), (2, 2)]), out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(1, ((1, 10), 11)), (2, ((2, 20), 22))]);
    });
}
