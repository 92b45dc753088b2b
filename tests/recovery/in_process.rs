//! Executions one after the other in this process: aborts, ends, other numbers of workers.

use crate::store::fresh;
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource};
use proptest::prelude::*;
use std::time::Duration;

type Amount = (String, u64);

dataflow! {
    /// The running total of each key.
    flow totals(amounts: TestSource<Amount>, out: TestSink<Amount>) {
        input("amounts", amounts)
            -> stateful_map("total", |total: &mut Option<u64>, amount| *total.insert(total.unwrap_or(0) + amount))
            -> output("out", out);
    }

    /// The total of each key at the end of the input.
    flow finals(amounts: TestSource<Amount>, out: TestSink<Amount>) {
        input("amounts", amounts) -> reduce_final("total", |a, b| a + b) -> output("out", out);
    }

    /// The total of each key until it is above 4, when it is forgotten.
    flow until(amounts: TestSource<Amount>, out: TestSink<Amount>) {
        input("amounts", amounts)
            -> stateful_map("total", |state: &mut Option<u64>, amount| {
                let total = state.unwrap_or(0) + amount;
                *state = (total <= 4).then_some(total);
                total
            })
            -> output("out", out);
    }

    /// Pairs, or what there is after ten seconds.
    flow pairs(amounts: TestSource<Amount>, out: TestSink<(String, Vec<u64>)>) {
        input("amounts", amounts) -> collect("pair", max_size = 2, timeout = 10s) -> output("out", out);
    }
}

fn amount(key: &str, amount: u64) -> Entry<Amount> {
    Entry::Items(vec![(key.to_owned(), amount)])
}

fn pair(key: &str, amount: u64) -> Amount {
    (key.to_owned(), amount)
}

/// An execution of at most one batch an epoch.
fn config(store: &str) -> Config {
    Config::default().recovery(store).snapshot_interval(Duration::ZERO).lockstep()
}

#[test]
fn an_abort_loses_nothing_and_repeats_nothing() {
    let (store, out) = (fresh("abort"), TestSink::new());
    let amounts = TestSource::script([amount("a", 1), amount("a", 2), Entry::Abort, amount("a", 3)]);
    let first = totals(amounts.clone(), out.clone()).run(&config(&store));
    assert!(matches!(first, Err(Error::Source { .. })), "{first:?}");
    totals(amounts, out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [pair("a", 1), pair("a", 3), pair("a", 6)]);
}

#[test]
fn an_execution_after_the_end_goes_on_behind_it() {
    let (store, out) = (fresh("eof"), TestSink::new());
    let amounts = TestSource::script([amount("a", 1), Entry::Eof, amount("a", 2), amount("b", 5)]);
    totals(amounts.clone(), out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [pair("a", 1)]);
    totals(amounts.clone(), out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [pair("a", 3), pair("b", 5)]);
    totals(amounts, out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), []);
}

#[test]
fn what_an_end_brings_out_is_gone_after_it() {
    let (store, out) = (fresh("finals"), TestSink::new());
    let amounts = TestSource::script([amount("a", 1), amount("b", 10), Entry::Eof, amount("a", 2)]);
    finals(amounts.clone(), out.clone()).run(&config(&store)).unwrap();
    let mut first = out.take_committed();
    first.sort();
    assert_eq!(first, [pair("a", 1), pair("b", 10)]);
    finals(amounts, out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [pair("a", 2)]);
}

#[test]
fn a_key_that_was_forgotten_stays_forgotten() {
    let (store, out) = (fresh("forgotten"), TestSink::new());
    let amounts = TestSource::script([amount("a", 2), amount("a", 3), Entry::Eof, amount("a", 1)]);
    until(amounts.clone(), out.clone()).run(&config(&store)).unwrap();
    until(amounts, out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [pair("a", 2), pair("a", 5), pair("a", 1)]);
}

#[test]
fn timers_go_on() {
    use flowstone::clock::{Clock, Timestamp};
    let (store, out, clock) = (fresh("timers"), TestSink::new(), Clock::manual(Timestamp(0)));
    let config = config(&store).clock(clock);
    let second = Duration::from_secs(1);
    let amounts = TestSource::script([
        amount("a", 1),
        Entry::Advance(5 * second),
        Entry::Abort,
        Entry::Advance(4 * second),
        amount("b", 2),
        Entry::Advance(2 * second),
        amount("c", 3),
    ]);
    pairs(amounts.clone(), out.clone()).run(&config).unwrap_err();
    pairs(amounts, out.clone()).run(&config).unwrap();
    let lists: Vec<_> = out.take_committed().into_iter().map(|(key, list)| (key, list[0])).collect();
    assert_eq!(lists[0], pair("a", 1));
    assert_eq!(lists.len(), 3);
}

#[test]
fn another_number_of_workers_finds_every_key() {
    let (store, out) = (fresh("rescale"), TestSink::new());
    let keys: Vec<String> = (0..50).map(|key| format!("key {key}")).collect();
    let round = |round: u64| keys.iter().map(move |key| amount(key, round)).chain([Entry::Eof]);
    let amounts = TestSource::script((1..=4).flat_map(round));
    for (workers, total) in [(1, 1), (3, 3), (2, 6), (4, 10)] {
        totals(amounts.clone(), out.clone()).run(&config(&store).workers(workers)).unwrap();
        let mut committed = out.take_committed();
        committed.sort();
        let mut expected: Vec<Amount> = keys.iter().map(|key| (key.clone(), total)).collect();
        expected.sort();
        assert_eq!(committed, expected, "{workers} workers");
    }
}

/// A script for one partition: keys with amounts, and aborts between them.
fn script() -> impl Strategy<Value = Vec<Option<(u8, u8)>>> {
    prop::collection::vec(prop::option::weighted(0.9, (0..6u8, 0..5u8)), 0..40)
}

fn entries(script: &[Option<(u8, u8)>], partition: usize) -> Vec<Entry<Amount>> {
    let entry = |line: &Option<(u8, u8)>| match line {
        // Each partition has keys of its own, so that the order of a key's amounts is known.
        Some((key, of)) => amount(&format!("{partition}/{key}"), u64::from(*of)),
        None => Entry::Abort,
    };
    script.iter().map(entry).collect()
}

/// The committed output, each key's in its order.
fn by_key(out: &TestSink<Amount>) -> Vec<Amount> {
    let mut committed = out.take_committed();
    committed.sort_by(|(a, _), (b, _)| a.cmp(b));
    committed
}

/// Runs a flow again and again, with one number of workers after the other; false where it does not come to its end behind so
/// many aborts of its source.
pub(crate) fn ends_behind(
    aborts: usize,
    store: &str,
    workers: &[usize],
    lockstep: bool,
    flow: impl Fn() -> Flow,
) -> bool {
    (0..=aborts).any(|execution| {
        let config = Config::default().recovery(store).snapshot_interval(Duration::ZERO);
        let config = if lockstep { config.lockstep() } else { config };
        match flow().run(&config.workers(workers[execution % workers.len()])) {
            Ok(_) => true,
            Err(Error::Source { .. }) => false,
            Err(other) => panic!("{}", other.report()),
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_aborts_and_any_workers_come_to_the_same(
        scripts in prop::collection::vec(script(), 1..4),
        workers in prop::collection::vec(1..5usize, 12),
        lockstep: bool,
        forgets: bool,
    ) {
        let flow = if forgets { until } else { totals };
        let undisturbed = TestSink::new();
        let calm: Vec<_> = scripts.iter().map(|script| script.iter().copied().filter(Option::is_some).collect::<Vec<_>>()).collect();
        let source = |scripts: &[Vec<Option<(u8, u8)>>]| {
            let mut all = scripts.iter().enumerate().map(|(at, script)| entries(script, at));
            let first = TestSource::script(all.next().unwrap());
            all.fold(first, TestSource::and)
        };
        flow(source(&calm), undisturbed.clone()).run(&Config::default()).unwrap();
        let (store, out, amounts) = (fresh("random"), TestSink::new(), source(&scripts));
        let aborts = scripts.iter().flatten().filter(|line| line.is_none()).count();
        prop_assert!(ends_behind(aborts, &store, &workers, lockstep, || flow(amounts.clone(), out.clone())));
        prop_assert_eq!(by_key(&out), by_key(&undisturbed));
    }
}
