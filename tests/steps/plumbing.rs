//! Streams that part, come together, are shared, spread or handed to other code.

use super::below;
use flowstone::ops;
use flowstone::prelude::*;
use flowstone::stream::Edges;
use flowstone::testing::{TestSink, at_every_size};
use flowstone::timely::dataflow::channels::pact::Exchange;
use flowstone::timely::dataflow::operators::generic::Operator;
use std::collections::BTreeSet;

dataflow! {
    flow shared(all: TestSink<u64>, even: TestSink<u64>, sums: TestSink<(u64, u64)>) {
        numbers = input("numbers", below(100)) -> map(|n| n + 1);
        numbers -> output("all", all);
        numbers -> filter(|n| n % 2 == 0) -> output("even", even);
        numbers -> key_on(|n| n % 3) -> reduce_final("sum", |a, b| a + b) -> output("sums", sums);
    }
}

#[test]
fn each_reader_of_a_shared_stream_gets_every_item() {
    at_every_size(|config| {
        let (all, even, sums) = (TestSink::new(), TestSink::new(), TestSink::new());
        shared(all.clone(), even.clone(), sums.clone()).run(config).unwrap();
        assert_eq!(all.sorted(), (1..=100).collect::<Vec<_>>());
        assert_eq!(even.sorted(), (1..=50).map(|n| 2 * n).collect::<Vec<_>>());
        let sum = |rest| (1..=100).filter(|n| n % 3 == rest).sum::<u64>();
        assert_eq!(sums.sorted(), [(0, sum(0)), (1, sum(1)), (2, sum(2))]);
    });
}

dataflow! {
    flow merged(out: TestSink<u64>, twice: TestSink<u64>) {
        low = input("low", iter(0..10u64));
        middle = input("middle", below(10)) -> map(|n| n + 10);
        high = input("high", iter(20..30u64)) -> redistribute();
        merge(low, middle, high) -> output("out", out);
        again = merge(low, low);
        again -> output("twice", twice);
    }
}

#[test]
fn a_merge_of_three_has_the_items_of_all() {
    at_every_size(|config| {
        let (out, twice) = (TestSink::new(), TestSink::new());
        merged(out.clone(), twice.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), (0..30).collect::<Vec<_>>());
        assert_eq!(twice.sorted(), (0..10).flat_map(|n| [n, n]).collect::<Vec<_>>());
    });
}

dataflow! {
    flow merged_and_counted(out: TestSink<(u64, u64)>) {
        a = input("a", below(30)) -> key_on(|n| n % 3) -> map_value(|n| n * 2);
        b = input("b", below(60)) -> key_on(|n| n % 3);
        c = input("c", iter([(1, 7), (9, 9)]));
        merge(a, b, c) -> count_final("count") -> output("out", out);
    }
}

#[test]
fn keys_of_merged_streams_meet() {
    at_every_size(|config| {
        let out = TestSink::new();
        merged_and_counted(out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(0, 30), (1, 31), (2, 30), (9, 1)]);
    });
}

dataflow! {
    flow parted(even: TestSink<(u64, u64)>, odd: TestSink<(u64, u64)>) {
        sides = input("numbers", below(1000))
            -> key_on(|n| n % 7)
            -> stateful_map("count", |seen: &mut Option<u64>, n| { *seen.get_or_insert(0) += 1; n })
            -> branch("even", |(_, n)| n % 2 == 0);
        sides.trues -> count_final("count_even") -> output("even_out", even);
        sides.falses -> count_final("count_odd") -> output("odd_out", odd);
    }
}

#[test]
fn both_sides_of_a_branch_behind_an_exchange() {
    at_every_size(|config| {
        let (even, odd) = (TestSink::new(), TestSink::new());
        parted(even.clone(), odd.clone()).run(config).unwrap();
        let count = |rest, key| (0..1000).filter(|n| n % 2 == rest && n % 7 == key).count() as u64;
        assert_eq!(even.sorted(), (0..7).map(|key| (key, count(0, key))).collect::<Vec<_>>());
        assert_eq!(odd.sorted(), (0..7).map(|key| (key, count(1, key))).collect::<Vec<_>>());
    });
}

dataflow! {
    flow two_types(numbers: TestSink<u64>, texts: TestSink<String>) {
        sides = input("mixed", below(20)) -> redistribute() -> split("side", |n| if n % 2 == 0 { Ok(n) } else { Err(format!("odd {n}")) });
        sides.ok -> redistribute("again") -> output("numbers", numbers);
        sides.err -> filter(|text| text.len() == 5) -> output("texts", texts);
    }
}

#[test]
fn the_sides_of_a_split_have_their_own_types() {
    at_every_size(|config| {
        let (numbers, texts) = (TestSink::new(), TestSink::new());
        two_types(numbers.clone(), texts.clone()).run(config).unwrap();
        assert_eq!(numbers.sorted(), (0..10).map(|n| 2 * n).collect::<Vec<_>>());
        assert_eq!(texts.sorted(), ["odd 1", "odd 3", "odd 5", "odd 7", "odd 9"]);
    });
}

dataflow! {
    flow on_which_worker(before: TestSink<usize>, after: TestSink<usize>, out: TestSink<u64>) {
        read = input("numbers", iter(0..10_000u64)) -> inspect_worker(|worker, _| write_down(&before, worker));
        read -> redistribute() -> inspect_worker(|worker, _| write_down(&after, worker)) -> output("out", out);
    }
}

/// Keeps something for the test, from inside a flow.
fn write_down<T: Clone + Send + 'static>(kept: &TestSink<T>, item: T) {
    use flowstone::sink::{Sink, SinkCx, Writer};
    let cx = SinkCx::new("seen", 0, 1);
    kept.open(&cx).unwrap().write_batch(&mut vec![item]).unwrap();
}

#[test]
fn redistribute_gives_every_worker_its_part() {
    at_every_size(|config| {
        let (before, after, out) = (TestSink::new(), TestSink::new(), TestSink::new());
        on_which_worker(before.clone(), after.clone(), out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), (0..10_000).collect::<Vec<_>>());
        assert_eq!(before.take().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([0]));
        let after = after.sorted();
        let workers = after.last().unwrap() + 1;
        for worker in 0..workers {
            let part = after.iter().filter(|on| **on == worker).count();
            assert!(part * workers > 8_000 && part * workers < 12_000, "worker {worker} of {workers} got {part}");
        }
    });
}

#[test]
fn redistribute_reaches_all_of_four_workers() {
    let (before, after, out) = (TestSink::new(), TestSink::new(), TestSink::new());
    on_which_worker(before, after.clone(), out).run(&Config::default().workers(4)).unwrap();
    assert_eq!(after.take().into_iter().collect::<BTreeSet<_>>(), BTreeSet::from([0, 1, 2, 3]));
}

dataflow! {
    flow strict(out: TestSink<u64>) {
        sides = input("numbers", below(100)) -> branch(|n| *n < 90);
        sides.falses -> raises("too_large");
        sides.trues -> output("out", out);
    }

    flow strict_behind_an_exchange(out: TestSink<u64>) {
        sides = input("numbers", below(100)) -> map(|n| n % 10) -> key_on(|n| *n) -> dedupe("once") -> key_rm() -> branch(|n| *n < 9);
        sides.falses -> map(|n| ("nine", n)) -> raises("nine");
        sides.trues -> output("out", out);
    }
}

#[test]
fn an_item_that_must_not_come_stops_the_flow() {
    at_every_size(|config| {
        let out = TestSink::new();
        let error = strict(out.clone()).run(config).unwrap_err().to_string();
        assert!(error.starts_with("step `too_large` got an item on worker "), "{error}");
        assert!(out.take_committed().is_empty());
        let error = strict_behind_an_exchange(out.clone()).run(config).unwrap_err().to_string();
        assert!(error.starts_with("step `nine` got an item on worker "), "{error}");
        assert!(error.ends_with(r#": ("nine", 9)"#), "{error}");
        assert!(out.take_committed().is_empty());
    });
}

/// Steps that several flows share.
fn tidy<'s, B: 'static>(
    lines: Stream<'s, String, B, Edges<'s, String>>,
) -> Stream<'s, (char, String), B, impl Chain<'s, (char, String)>> {
    let trimmed = ops::map(lines, "trim", |line| line.trim().to_string());
    let some = ops::filter(trimmed, "not_empty", |line| !line.is_empty());
    ops::key_on(some, "first", |line| line.chars().next().unwrap())
}

dataflow! {
    flow tidy_lists(out: TestSink<(char, Vec<String>)>) {
        input("lines", iter([" b", "a ", "", " ab "].map(String::from)))
            -> apply("tidy", tidy)
            -> collect("list", max_size = 10, timeout = 1h)
            -> map_value(|mut list| { list.sort(); list })
            -> output("out", out);
    }

    flow tidy_counts(out: TestSink<(char, u64)>) {
        input("lines", iter(["", "c", "c"].map(String::from))) -> apply("tidy", tidy) -> count_final("count") -> output("out", out);
    }
}

#[test]
fn a_function_of_steps_is_shared_by_two_flows() {
    at_every_size(|config| {
        let (lists, counts) = (TestSink::new(), TestSink::new());
        tidy_lists(lists.clone()).run(config).unwrap();
        tidy_counts(counts.clone()).run(config).unwrap();
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(lists.sorted(), [('a', texts(&["a", "ab"])), ('b', texts(&["b"]))]);
        assert_eq!(counts.take(), [('c', 2)]);
    });
}

dataflow! {
    flow through_timely(out: TestSink<(usize, u64)>) {
        input("numbers", below(100))
            -> filter(|n| n % 2 == 0)
            -> apply("by_hand", |stream| {
                let worker = stream.cx().worker();
                stream.through_timely(|numbers| {
                    // Everything to the last worker, whose number goes with it.
                    numbers.unary(Exchange::new(|_: &u64| u64::MAX), "to the last", |_, _| move |input, output| {
                        input.for_each(|time, batch| {
                            let rows = batch.drain(..).map(|n| (worker, n));
                            output.session(&time).give_iterator(rows);
                        });
                    })
                })
            })
            -> filter(|(_, n)| n % 10 == 0)
            -> output("out", out);
    }
}

#[test]
fn a_stream_goes_through_hand_written_timely_and_back() {
    for workers in [1, 2, 4] {
        let out = TestSink::new();
        through_timely(out.clone()).run(&Config::default().workers(workers)).unwrap();
        let last = (u64::MAX % workers as u64) as usize;
        assert_eq!(out.sorted(), (0..10).map(|n| (last, n * 10)).collect::<Vec<_>>());
    }
}

dataflow! {
    flow half_wanted(read: TestSink<u64>, out: TestSink<u64>) {
        sides = input("numbers", below(100)) -> inspect(|n| write_down(&read, *n)) -> branch(|n| n % 2 == 0);
        sides.trues -> map(|n| n + 1) -> discard("only read");
        sides.falses -> output("out", out);
    }
}

#[test]
fn a_discarded_stream_is_read_to_its_end() {
    at_every_size(|config| {
        let (read, out) = (TestSink::new(), TestSink::new());
        half_wanted(read.clone(), out.clone()).run(config).unwrap();
        assert_eq!(read.sorted(), (0..100).collect::<Vec<_>>());
        assert_eq!(out.sorted(), (0..50).map(|n| 2 * n + 1).collect::<Vec<_>>());
    });
}
