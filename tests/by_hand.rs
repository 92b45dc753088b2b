//! The steps called by hand, without the macro: what the macro writes, a user can write.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

use flowstone::prelude::*;
use flowstone::testing::{TestSink, at_every_size};
use flowstone::{__private::flow, graph::Graph, ops};

const GRAPH: Graph = Graph { name: "by_hand", doc: "", steps: &[], edges: &[] };

#[test]
fn a_chain_and_a_final_count() {
    at_every_size(|config| {
        let out = TestSink::new();
        let sink = out.clone();
        let counts = flow(&GRAPH, move |cx| {
            let numbers = ops::input(cx, "numbers", per_worker(|worker, workers| (worker..1000).step_by(workers)));
            let even = ops::filter(numbers, "even", |n| n % 2 == 0);
            let keyed = ops::key_on(even, "last_digit", |n| n % 10);
            let counts = ops::count_final(keyed, "count");
            ops::output(counts, "out", sink.clone());
        });
        counts.run(config).unwrap();
        assert_eq!(out.sorted(), [(0, 100), (2, 100), (4, 100), (6, 100), (8, 100)]);
    });
}

#[test]
fn a_panic_names_its_step() {
    let flow = flow(&GRAPH, move |cx| {
        let numbers = ops::input(cx, "numbers", iter(0..10u32));
        let bad = ops::map(numbers, "divide", |n| 10 / (n - 3));
        ops::discard(bad, "panics before");
    });
    let error = flow.run(&Config::default()).unwrap_err().to_string();
    assert!(error.starts_with("step `divide` panicked on worker 0 at tests/by_hand.rs:"), "{error}");
    assert!(error.ends_with("attempt to subtract with overflow"), "{error}");
}
