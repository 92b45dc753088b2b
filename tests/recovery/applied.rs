//! Steps within `apply`: each keeps its state by an id of its own, however often a function is used.

use crate::store::fresh;
use flowstone::error::Error;
use flowstone::ops;
use flowstone::prelude::*;
use flowstone::stream::Edges;
use flowstone::testing::{Entry, TestSink, TestSource};
use std::time::Duration;

type Amount = (String, u64);
type Amounts<'s> = Stream<'s, Amount, Bounded, Edges<'s, Amount>>;

/// The running total of each key.
fn totals<'s>(amounts: Amounts<'s>) -> Stream<'s, Amount, Bounded, impl Chain<'s, Amount>> {
    ops::stateful_map(amounts, "total", |total: &mut Option<u64>, amount| *total.insert(total.unwrap_or(0) + amount))
}

/// Twice the same id.
fn totals_of_totals<'s>(amounts: Amounts<'s>) -> Stream<'s, Amount, Bounded, impl Chain<'s, Amount>> {
    let once = ops::stateful_map(amounts, "total", |total: &mut Option<u64>, amount| *total.insert(amount));
    ops::stateful_map(once, "total", |total: &mut Option<u64>, amount| *total.insert(amount))
}

dataflow! {
    flow twice(amounts: TestSource<Amount>, left: TestSink<Amount>, right: TestSink<Amount>) {
        amounts = input("amounts", amounts);
        amounts -> apply("left", totals) -> output("lefts", left);
        amounts -> map_value("tenfold", |amount| amount * 10) -> apply("right", totals) -> output("rights", right);
    }

    flow beside(amounts: TestSource<Amount>, inner: TestSink<Amount>, outer: TestSink<Amount>) {
        amounts = input("amounts", amounts);
        amounts -> apply("inner", totals) -> output("inners", inner);
        amounts
            -> stateful_map("total", |total: &mut Option<u64>, amount| *total.insert(total.unwrap_or(0) + 100 * amount))
            -> output("outers", outer);
    }

    flow doubled(amounts: TestSource<Amount>, out: TestSink<Amount>) {
        input("amounts", amounts) -> apply("both", totals_of_totals) -> output("out", out);
    }

    flow same_as_within(amounts: TestSource<Amount>, inner: TestSink<Amount>, outer: TestSink<Amount>) {
        amounts = input("amounts", amounts);
        amounts -> apply("inner", totals) -> output("inners", inner);
        amounts -> stateful_map("inner.total", |total: &mut Option<u64>, amount| *total.insert(amount)) -> output("outers", outer);
    }
}

fn script() -> TestSource<Amount> {
    let amount = |amount| Entry::Items(vec![("a".to_owned(), amount)]);
    TestSource::script([amount(1), amount(2), Entry::Abort, amount(3), Entry::Eof, amount(4)])
}

fn runs(store: &str, run: impl Fn(&Config) -> Result<flowstone::Report, Error>) {
    let config = Config::default().recovery(store).snapshot_interval(Duration::ZERO).lockstep();
    assert!(matches!(run(&config), Err(Error::Source { .. })));
    run(&config).unwrap();
    run(&config).unwrap();
}

fn values(out: &TestSink<Amount>) -> Vec<u64> {
    out.take_committed().into_iter().map(|(_, value)| value).collect()
}

#[test]
fn a_function_that_is_used_twice_keeps_two_states() {
    let (store, amounts, left, right) = (fresh("applied_twice"), script(), TestSink::new(), TestSink::new());
    runs(&store, |config| twice(amounts.clone(), left.clone(), right.clone()).run(config));
    assert_eq!(values(&left), [1, 3, 6, 10]);
    assert_eq!(values(&right), [10, 30, 60, 100]);
    let flow = twice(script(), TestSink::new(), TestSink::new());
    let ids: Vec<String> = flow.check(&store).unwrap().steps.into_iter().map(|step| step.id).collect();
    assert_eq!(ids, ["left.total", "right.total"]);
    let lock = flow.lock().unwrap();
    assert!(lock.contains("\"left.total\"") && lock.contains("\"right.total\""), "{lock}");
}

#[test]
fn an_id_within_apply_may_be_one_of_the_flow() {
    let (store, amounts, inner, outer) = (fresh("applied_beside"), script(), TestSink::new(), TestSink::new());
    runs(&store, |config| beside(amounts.clone(), inner.clone(), outer.clone()).run(config));
    assert_eq!(values(&inner), [1, 3, 6, 10]);
    assert_eq!(values(&outer), [100, 300, 600, 1000]);
}

#[test]
fn two_steps_of_one_id_are_an_error_before_anything_runs() {
    let (store, out) = (fresh("applied_doubled"), TestSink::new());
    let flow = doubled(script(), out.clone());
    let with_recovery = Config::default().recovery(&store);
    for error in [
        flow.run(&Config::default()).unwrap_err(),
        flow.run(&with_recovery).unwrap_err(),
        flow.check(&store).unwrap_err(),
        flow.lock().unwrap_err(),
    ] {
        assert!(matches!(&error, Error::Config { .. }), "{error:?}");
        assert!(error.to_string().starts_with("two steps have the id `both.total`"), "{error}");
    }
    assert_eq!(out.take(), []);
    let flow = same_as_within(script(), out.clone(), out.clone());
    let error = flow.run(&Config::default().workers(2)).unwrap_err();
    assert!(error.to_string().starts_with("two steps have the id `inner.total`"), "{error}");
    assert_eq!(out.take(), []);
}
