//! Two executions of one flow on one store: the second takes over, the first finds out at its next commit.

use crate::common::{by_key, objects, on};
use crate::feed::Feed;
use crate::flaky::{Event, Flaky};
use flowstone::error::Error;
use flowstone::prelude::*;
use flowstone::recovery::RecoveryError;
use flowstone::testing::TestSink;
use object_store::memory::InMemory;
use std::sync::Arc;
use std::sync::mpsc::channel;

dataflow! {
    /// Running totals of numbers by their last bits.
    flow totals(log: Feed, out: TestSink<(String, u64)>) {
        input("log", log)
            -> key_on("bits", |n| (n % 3).to_string())
            -> stateful_map("total", |total: &mut Option<u64>, n| *total.insert(total.unwrap_or(0) + n))
            -> output("out", out);
    }
}

fn undisturbed(numbers: u64) -> Vec<(String, u64)> {
    let out = TestSink::new();
    totals(Feed::that_ends(numbers), out.clone()).run(&on(objects())).unwrap();
    by_key(out.take_committed())
}

fn assert_fenced(error: Error) {
    assert!(matches!(error, Error::Recovery(RecoveryError::Fenced { .. })), "{}", error.report());
    let report = error.report();
    assert!(report.contains("another execution") && report.contains("has taken over"), "{report}");
    assert!(report.contains("help: "), "{report}");
}

#[test]
fn who_was_idle_finds_out_at_its_next_commit() {
    for workers in [1, 2] {
        let (objects, out, first) = (objects(), TestSink::new(), Feed::of(3));
        let flow = totals(first.clone(), out.clone());
        let config = on(objects.clone()).workers(workers);
        let running = std::thread::spawn(move || flow.run(&config));
        first.wait_for(3);
        totals(Feed::that_ends(8), out.clone()).run(&on(objects.clone()).workers(workers)).unwrap();
        // It had nothing to do and knows nothing. Now there is more.
        first.show(5);
        assert_fenced(running.join().unwrap().unwrap_err());
        assert_eq!(by_key(out.take_committed()), undisturbed(8));
    }
}

/// The first execution sleeps in its operation `at` while a second one runs to its end.
fn asleep(at: usize, after: bool, numbers: u64) -> bool {
    let (objects, out): (Arc<InMemory>, _) = (objects(), TestSink::new());
    // There is something to go on from.
    totals(Feed::that_ends(2), out.clone()).run(&on(objects.clone())).unwrap();
    let (tell, second) = channel();
    let run_second = {
        let (flow, config) = (totals(Feed::that_ends(numbers), out.clone()), on(objects.clone()));
        Box::new(move || {
            // A thread of its own, as the store's calls are not to be nested.
            let result = std::thread::spawn(move || flow.run(&config)).join().unwrap();
            tell.send(result).unwrap();
        })
    };
    let event = if after { Event::After(run_second) } else { Event::Before(run_second) };
    let flaky = Flaky::new(objects.clone(), at, event);
    let first = totals(Feed::that_ends(numbers), out.clone()).run(&on(Arc::new(flaky.clone())));
    let Ok(second) = second.try_recv() else {
        first.unwrap();
        return false;
    };
    second.map_err(|error| error.report()).unwrap();
    if let Err(error) = first {
        assert_fenced(error);
    }
    assert_eq!(by_key(out.take_committed()), undisturbed(numbers), "at {at}, after: {after}");
    true
}

#[test]
fn who_was_asleep_in_any_operation_puts_nothing_out_twice() {
    for at in 0.. {
        let (before, after) = (asleep(at, false, 8), asleep(at, true, 8));
        if !before && !after {
            assert!(at > 25, "the flow needs too few operations: {at}");
            return;
        }
    }
}

#[test]
fn what_was_cleared_away_meanwhile_is_not_called_damage() {
    // So many epochs are merged, and the parts from which the first execution wanted to go on are removed.
    for at in 0..20 {
        assert!(asleep(at, true, 80));
    }
}
