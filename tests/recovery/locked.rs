//! Two builds of one locked flow: the second keeps another type than its lock says.

use crate::store::fresh;
use flowstone::error::Error;
use flowstone::ops;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, TestSource};

type Words = TestSource<(String, u64)>;

mod first {
    use super::*;
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, Default)]
    pub(super) struct Seen {
        times: u64,
    }

    dataflow! {
        #[locked("locked.lock")]
        pub flow words(words: Words, out: TestSink<u64>) {
            input("words", words)
                -> stateful_map("seen", |seen: &mut Option<Seen>, n| {
                    let seen = seen.get_or_insert_default();
                    seen.times += n;
                    seen.times
                })
                -> reduce_epoch("sum", |a, b| a + b)
                -> apply("last", |up| ops::stateful_map(up, "inside", |last: &mut Option<u64>, n| *last.insert(n)))
                -> key_rm()
                -> output("out", out);
        }
    }
}

mod second {
    use super::*;

    dataflow! {
        #[locked("locked.lock")]
        pub flow words(words: Words, out: TestSink<u64>) {
            input("words", words)
                -> stateful_map("seen", |seen: &mut Option<String>, n| {
                    seen.get_or_insert_default().push('.');
                    n
                })
                -> apply("last", |up| ops::stateful_map(up, "inside", |last: &mut Option<u64>, n| *last.insert(n)))
                -> key_rm()
                -> output("out", out);
        }
    }
}

fn words() -> Words {
    TestSource::items([("to".to_owned(), 1), ("be".to_owned(), 2)])
}

#[test]
fn the_command_writes_what_was_locked() {
    assert_eq!(first::words(words(), TestSink::new()).lock().unwrap(), include_str!("locked.lock"));
}

#[test]
fn what_fits_its_lock_runs_and_checks() {
    let (store, out) = (fresh("locked"), TestSink::new());
    let flow = first::words(words(), out.clone());
    flow.run(&Config::default().recovery(&store)).unwrap();
    assert_eq!(out.sorted(), [1, 2]);
    assert!(flow.check(&store).unwrap().passes());
}

#[test]
fn another_type_is_told_at_every_start_and_in_check() {
    let (store, out) = (fresh("locked-type"), TestSink::new());
    let flow = second::words(words(), out.clone());
    let with = Config::default().recovery(&store);
    for error in [flow.run(&Config::default()).map(drop), flow.run(&with).map(drop), flow.check(&store).map(drop)] {
        let error = error.unwrap_err();
        assert!(matches!(&error, Error::Locked { step, .. } if step == "seen"), "{error:?}");
        let expected = "step `seen` keeps `(str, Seen { times: u64 }?)` by its lock tests/recovery/locked.lock, and \
                        `(str, str?)` now\n  help: undo the change, or renew the lock: ";
        assert!(error.report().starts_with(expected), "{}", error.report());
    }
    assert!(out.is_empty());
}

#[test]
fn steps_that_the_macro_cannot_see_are_compared_too() {
    let said = |text| {
        let flow = flowstone::__private::locked(first::words(words(), TestSink::new()), "a.lock", text);
        flow.run(&Config::default()).unwrap_err().to_string()
    };
    let seen = "stateful_map \"seen\" (str, Seen { times: u64 }?)\n";
    assert_eq!(said(Some(seen)), "step `last.inside` keeps nothing by its lock a.lock, and `(str, u64?)` now");
    let more = include_str!("locked.lock").to_owned() + "- \"more\" (str, u64?)\n";
    let more = said(Some(more.leak()));
    assert_eq!(more, "step `more` keeps `(str, u64?)` by its lock a.lock, and nothing now");
}

#[test]
fn a_program_that_was_built_to_renew_its_lock_does_not_run() {
    let flow = flowstone::__private::locked(first::words(words(), TestSink::new()), "a.lock", None);
    let error = flow.run(&Config::default()).unwrap_err().to_string();
    assert!(error.contains("built to renew a.lock"), "{error}");
    assert!(flow.lock().unwrap().contains("\"seen\""));
}
