//! Another build of the flow on the same store: new fields, other types, steps that come and go.

use crate::store::fresh;
use flowstone::exec::{CheckedStep, Fate};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource};
use serde::{Deserialize, Serialize};
use std::time::Duration;

type Words = TestSource<(String, u64)>;

mod first {
    use super::*;

    #[derive(Serialize, Deserialize, Default)]
    pub(super) struct Seen {
        times: u64,
    }

    dataflow! {
        pub flow words(words: Words, out: TestSink<u64>) {
            input("words", words)
                -> stateful_map("seen", |seen: &mut Option<Seen>, n| {
                    let seen = seen.get_or_insert_default();
                    seen.times += n;
                    seen.times
                })
                -> stateful_map("again", |last: &mut Option<u64>, n| last.insert(n).to_owned())
                -> key_rm()
                -> output("out", out);
        }
    }
}

mod with_a_field {
    use super::*;

    #[derive(Serialize, Deserialize, Default)]
    pub(super) struct Seen {
        times: u64,
        #[serde(default)]
        most: u64,
    }

    dataflow! {
        pub flow words(words: Words, out: TestSink<u64>) {
            input("words", words)
                -> stateful_map("seen", |seen: &mut Option<Seen>, n| {
                    let seen = seen.get_or_insert_default();
                    seen.times += n;
                    seen.most = seen.most.max(n);
                    seen.times
                })
                -> stateful_map("another", |last: &mut Option<u64>, n| last.insert(n).to_owned())
                -> key_rm()
                -> output("out", out);
        }
    }
}

mod with_another_type {
    use super::*;

    dataflow! {
        pub flow words(words: Words, out: TestSink<u64>) {
            input("words", words)
                -> stateful_map("seen", |seen: &mut Option<String>, n| {
                    seen.get_or_insert_default().push('.');
                    n
                })
                -> key_rm()
                -> output("out", out);
        }
    }
}

mod of_another_name {
    use super::*;

    dataflow! {
        pub flow letters(words: Words, out: TestSink<u64>) {
            input("words", words) -> key_rm() -> output("out", out);
        }
    }
}

fn config(store: &str) -> Config {
    Config::default().recovery(store).snapshot_interval(Duration::ZERO).lockstep()
}

fn words() -> Words {
    let word = |word: &str, n| Entry::Items(vec![(word.to_owned(), n)]);
    TestSource::script([word("to", 1), word("be", 2), Entry::Eof, word("to", 3), Entry::Eof, word("be", 4)])
}

/// A store that the first build has left.
fn left_by_the_first(test: &str) -> (String, Words) {
    let (store, words) = (fresh(test), words());
    first::words(words.clone(), TestSink::new()).run(&config(&store)).unwrap();
    (store, words)
}

fn step(id: &str, fate: Fate) -> CheckedStep {
    CheckedStep { id: id.into(), fate }
}

#[test]
fn a_new_field_has_its_default() {
    let (store, words) = left_by_the_first("field");
    let out = TestSink::new();
    let flow = with_a_field::words(words, out.clone());
    let check = flow.check(&store).unwrap();
    assert!(check.passes());
    let expected = [step("seen", Fate::Kept { keys: 2 }), step("another", Fate::New), step("again", Fate::Gone)];
    assert_eq!(check.steps, expected);
    let text = check.to_string();
    assert!(text.contains("seen     kept: 2 keys") && text.contains("output `out`: exactly once"), "{text}");
    flow.run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [4]);
}

#[test]
fn another_type_is_told_before_anything_runs() {
    let (store, words) = left_by_the_first("type");
    let out = TestSink::new();
    let flow = with_another_type::words(words.clone(), out.clone());
    assert!(!flow.check(&store).unwrap().passes());
    let report = flow.run(&config(&store)).unwrap_err().report();
    for part in ["step `seen`", "Seen { times: u64 }", "str?", "--drop-state seen"] {
        assert!(report.contains(part), "{report}");
    }
    assert!(out.is_empty());
    // The first build goes on as if nothing had been.
    first::words(words.clone(), out.clone()).run(&config(&store)).unwrap();
    assert_eq!(out.take_committed(), [4]);
    flow.run(&config(&store).drop_state("seen")).unwrap();
    assert_eq!(out.take_committed(), [4]);
    assert!(flow.check(&store).unwrap().passes());
}

#[test]
fn the_state_of_a_step_that_is_gone_stays_until_it_is_dropped() {
    let (store, words) = left_by_the_first("gone");
    let out = TestSink::new();
    with_a_field::words(words.clone(), out.clone()).run(&config(&store)).unwrap();
    let first = first::words(words.clone(), out.clone());
    let again = |of: &Flow| of.check(&store).unwrap().steps.into_iter().find(|step| step.id == "again").unwrap().fate;
    assert_eq!(again(&first), Fate::Kept { keys: 2 });
    with_a_field::words(words, out).run(&config(&store).drop_state("again")).unwrap();
    assert_eq!(again(&first), Fate::New);
}

#[test]
fn another_flow_is_refused() {
    let (store, words) = left_by_the_first("name");
    let report = of_another_name::letters(words, TestSink::new()).run(&config(&store)).unwrap_err().report();
    assert!(report.contains("`words`") && report.contains("`letters`"), "{report}");
}
