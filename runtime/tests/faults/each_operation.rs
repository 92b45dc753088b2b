//! The store fails for good at its n-th operation, for every n; the next execution, on the mended store, makes it whole.

use crate::common::{Outputs, amounts, objects, on};
use crate::flaky::{Event, Flaky};
use flowstone::error::Error;
use flowstone::testing::{Entry, TestSource};
use std::sync::Arc;

fn source() -> TestSource<(String, u64)> {
    let with_an_end = |partition| {
        let mut entries = amounts(partition, 7);
        entries.insert(2, Entry::Eof);
        entries
    };
    TestSource::script(with_an_end("a")).and(with_an_end("b"))
}

/// What two executions put out that nothing disturbs.
fn undisturbed() -> (Vec<(String, u64)>, Vec<(String, Vec<u64>)>) {
    let (outputs, objects, source) = (Outputs::default(), objects(), source());
    for _ in 0..2 {
        outputs.flow(&source).run(&on(objects.clone())).unwrap();
    }
    outputs.take()
}

/// The second execution meets the event at each `step`-th operation; the third one goes on from there.
fn at_each_operation(workers: usize, step: usize, events: &[fn() -> Event], passes: bool) {
    let expected = undisturbed();
    assert!(expected.0.len() == 28 && !expected.1.is_empty());
    for at in (0..).step_by(step) {
        let mut came = false;
        for event in events {
            let (outputs, objects, source) = (Outputs::default(), objects(), source());
            outputs.flow(&source).run(&on(objects.clone()).workers(workers)).unwrap();

            let flaky = Flaky::new(objects.clone(), at, event());
            let result = outputs.flow(&source).run(&on(Arc::new(flaky.clone())).workers(workers));
            came |= flaky.happened();
            match result {
                Ok(_) => {}
                Err(Error::Recovery(error)) => {
                    assert!(flaky.happened() && !passes, "at {at}: {error}");
                    let report = Error::Recovery(error).report();
                    let named = ["manifests", "parts", "head"].iter().any(|name| report.contains(name));
                    assert!(named && report.contains("`model`") && report.contains("the line is dead"), "{report}");
                }
                Err(other) => panic!("at {at}: {}", other.report()),
            }
            outputs.flow(&source).run(&on(objects).workers(workers)).unwrap();
            assert_eq!(outputs.take(), expected, "at {at}, {workers} workers");
        }
        if !came {
            assert!(at > 25, "the flow needs too few operations: {at}");
            return;
        }
    }
}

#[test]
fn what_comes_at_the_very_end_comes_once() {
    // All is read and committed but the lists that the end brings out: the next executions begin at the end.
    let source = || TestSource::script(amounts("a", 5).into_iter().chain([Entry::Abort]));
    let expected = {
        let (outputs, objects, source) = (Outputs::default(), objects(), source());
        outputs.flow(&source).run(&on(objects.clone()).lockstep()).unwrap_err();
        outputs.flow(&source).run(&on(objects)).unwrap();
        outputs.take()
    };
    assert!(!expected.1.is_empty());
    for workers in [1, 2] {
        for at in 0.. {
            let (outputs, objects, source) = (Outputs::default(), objects(), source());
            outputs.flow(&source).run(&on(objects.clone()).lockstep()).unwrap_err();
            let flaky = Flaky::new(objects.clone(), at, Event::DiesAfter);
            let _ = outputs.flow(&source).run(&on(Arc::new(flaky.clone())).workers(workers));
            // The second of these has nothing left to put out.
            for _ in 0..2 {
                outputs.flow(&source).run(&on(objects.clone()).workers(workers)).unwrap();
            }
            assert_eq!(outputs.take(), expected, "at {at}, {workers} workers");
            if !flaky.happened() {
                break;
            }
        }
    }
}

const DIES: [fn() -> Event; 2] = [|| Event::DiesBefore, || Event::DiesAfter];
const FAILS: [fn() -> Event; 2] = [|| Event::FailsBefore, || Event::FailsAfter];

#[test]
fn a_store_that_dies_at_any_operation_loses_nothing_and_repeats_nothing() {
    at_each_operation(1, 1, &DIES, false);
}

#[test]
fn nor_does_it_with_two_workers() {
    at_each_operation(2, 3, &DIES, false);
}

#[test]
fn a_fault_that_passes_is_not_seen() {
    at_each_operation(1, 2, &FAILS, true);
}
