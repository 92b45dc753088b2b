//! Steps that look at one item, or one batch, at a time.

use super::{below, lockstep};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

dataflow! {
    flow chain(out: TestSink<u64>) {
        input("numbers", below(1000))
            -> map("triple", |n| n * 3)
            -> filter("even", |n| n % 2 == 0)
            -> filter_map("small", |n| (n < 300).then_some(n / 6))
            -> flat_map("twice", |n| [n, n + 1000])
            -> map("pair", |n| vec![n; 2])
            -> flatten()
            -> inspect(|n| assert!(*n < 1050))
            -> output("out", out);
    }
}

#[test]
fn a_chain_of_stateless_steps() {
    at_every_size(|config| {
        let out = TestSink::new();
        chain(out.clone()).run(config).unwrap();
        let mut expected: Vec<u64> = (0..50).flat_map(|n| [n, n, n + 1000, n + 1000]).collect();
        expected.sort();
        assert_eq!(out.sorted(), expected);
    });
}

#[test]
fn a_chain_keeps_the_order_of_one_source() {
    let out = TestSink::new();
    chain(out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), (0..50).flat_map(|n| [n, n, n + 1000, n + 1000]).collect::<Vec<_>>());
}

dataflow! {
    flow parsing(good: TestSink<u64>, bad: TestSink<(String, String)>) {
        parsed = input("numbers", below(100))
            -> map(|n| if n % 10 == 7 { format!("x{n}") } else { n.to_string() })
            -> try_map("parse", |text| text.parse::<u64>());
        parsed.err -> map(|(text, error)| (text, error.to_string())) -> output("bad", bad);
        parsed -> filter(|n| n % 2 == 0) -> output("good", good);
    }
}

#[test]
fn try_map_sends_what_failed_with_its_error_to_a_port() {
    at_every_size(|config| {
        let (good, bad) = (TestSink::new(), TestSink::new());
        parsing(good.clone(), bad.clone()).run(config).unwrap();
        assert_eq!(good.sorted(), (0..100).filter(|n| n % 2 == 0).collect::<Vec<_>>());
        let error = "invalid digit found in string";
        let expected: Vec<_> = (0..10).map(|n| (format!("x{}", n * 10 + 7), error.to_string())).collect();
        let mut rows = bad.take();
        rows.sort();
        let mut wanted = expected;
        wanted.sort();
        assert_eq!(rows, wanted);
    });
}

dataflow! {
    flow in_batches(sizes: TestSink<usize>, items: TestSink<u64>) {
        all = input("numbers", below(5000));
        all -> map_batch("sizes", |batch| [batch.len()]) -> output("sizes_out", sizes);
        all -> map_batch("odd", |batch| batch.into_iter().filter(|n| n % 2 == 1).map(|n| n / 2)) -> output("items", items);
    }
}

#[test]
fn map_batch_gets_every_item_in_batches_of_at_most_1024() {
    at_every_size(|config| {
        let (sizes, items) = (TestSink::new(), TestSink::new());
        in_batches(sizes.clone(), items.clone()).run(config).unwrap();
        let sizes = sizes.take();
        assert!(sizes.iter().all(|size| (1..=1024).contains(size)), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 5000);
        assert_eq!(items.sorted(), (0..2500).collect::<Vec<_>>());
    });
}

dataflow! {
    flow a_batch_is_never_held(source: TestSource<u64>, out: TestSink<usize>) {
        input("numbers", source) -> map_batch(|batch| [batch.len()]) -> output("out", out);
    }
}

#[test]
fn map_batch_ends_a_batch_with_what_its_source_had() {
    let out = TestSink::new();
    let source = TestSource::script([Entry::Items(vec![1, 2]), Entry::Items(vec![3]), Entry::Items(vec![4, 5, 6])]);
    a_batch_is_never_held(source, out.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(out.take(), [2, 1, 3]);
}

dataflow! {
    flow by_value(out: TestSink<(u64, u64)>) {
        input("numbers", below(100))
            -> key_on("last_digit", |n| n % 10)
            -> map_value(|n| n + 1)
            -> filter_value(|n| n % 2 == 0)
            -> filter_map_value(|n| (n > 50).then_some(n))
            -> flat_map_value(|n| vec![vec![n], vec![n + 1000]])
            -> flatten_value()
            -> output("out", out);
    }
}

#[test]
fn steps_over_values_keep_the_key() {
    at_every_size(|config| {
        let out = TestSink::new();
        by_value(out.clone()).run(config).unwrap();
        let kept = (0..100).filter(|n| (n + 1) % 2 == 0 && n + 1 > 50);
        let mut expected: Vec<(u64, u64)> = kept.flat_map(|n| [(n % 10, n + 1), (n % 10, n + 1001)]).collect();
        expected.sort();
        assert_eq!(out.sorted(), expected);
    });
}

dataflow! {
    flow enriched(source: TestSource<u64>, lookups: Arc<AtomicUsize>, out: TestSink<(u64, usize)>) {
        input("numbers", source)
            -> enrich_cached("known", ttl = 1s, size = 2, key = |n| n % 10, lookup = |_key| lookups.fetch_add(1, Ordering::SeqCst))
            -> output("out", out);
    }
}

#[test]
fn enrich_cached_looks_up_once_a_key_until_it_is_old_or_pushed_out() {
    let (lookups, out) = (Arc::new(AtomicUsize::new(0)), TestSink::new());
    let item = |n| Entry::Items(vec![n]);
    let source = TestSource::script([
        item(1),
        item(11),
        item(2),
        Entry::Advance(Duration::from_secs(1)), // exactly as old as the ttl is not too old
        item(21),
        item(3), // pushes out 2, which was used before 1
        item(12),
        Entry::Advance(Duration::from_micros(1)),
        item(1), // pushed out by 2
    ]);
    enriched(source, Arc::clone(&lookups), out.clone()).run(&lockstep(&Config::default())).unwrap();
    assert_eq!(out.take(), [(1, 0), (11, 0), (2, 1), (21, 0), (3, 2), (12, 3), (1, 4)]);
    assert_eq!(lookups.load(Ordering::SeqCst), 5);
}

dataflow! {
    flow looked_at(seen: TestSink<String>, config: Arc<AtomicUsize>) {
        input("numbers", below(8))
            -> inspect("look", |_n| _ = config.fetch_add(1, Ordering::SeqCst))
            -> inspect_epoch("epoch", |epoch, n| assert!(epoch < 1_000 && *n < 8))
            -> inspect_worker("worker", |worker, n| assert!(worker < 4 && *n as usize % 4 % 4 < 4))
            -> inspect("print")
            -> inspect_epoch("print_epoch")
            -> inspect_worker("print_worker")
            -> map(|n| n.to_string())
            -> output("out", seen);
    }
}

#[test]
fn looking_passes_items_on() {
    at_every_size(|config| {
        let (seen, looks) = (TestSink::new(), Arc::new(AtomicUsize::new(0)));
        looked_at(seen.clone(), Arc::clone(&looks)).run(config).unwrap();
        assert_eq!(seen.sorted(), ["0", "1", "2", "3", "4", "5", "6", "7"]);
        assert_eq!(looks.load(Ordering::SeqCst), 8);
    });
}
