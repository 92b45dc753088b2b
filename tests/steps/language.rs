//! The forms of the language around steps: several flows, generics, parameters, assertions, arguments.

use super::below;
use flowstone::prelude::*;
use flowstone::sink::Sink;
use flowstone::source::Source;
use flowstone::testing::{TestSink, at_every_size};
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

dataflow! {
    /// Doubles.
    flow doubled(out: TestSink<u64>) {
        input("numbers", below(5)) -> map(|n| n * 2) -> output("out", out);
    }

    /// Squares, in lines
    /// of two.
    pub(crate) flow squared(out: TestSink<u64>) {
        input("numbers", below(5)) -> map(|n| n * n) -> output("out", out);
    }

    #[allow(clippy::needless_lifetimes)]
    flow without_parameters() {
        input("numbers", iter([1u8])) -> output("nowhere", TestSink::new());
    }
}

#[test]
fn several_flows_in_one_macro() {
    at_every_size(|config| {
        let out = TestSink::new();
        doubled(out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [0, 2, 4, 6, 8]);
        squared(out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [0, 1, 4, 9, 16]);
        without_parameters().run(config).unwrap();
    });
    assert_eq!((doubled::GRAPH.name, doubled::GRAPH.doc), ("doubled", "Doubles."));
    assert_eq!(squared::GRAPH.doc, "Squares, in lines\nof two.");
    assert_eq!(squared(TestSink::new()).graph(), &squared::GRAPH);
}

#[test]
fn a_flow_runs_as_often_as_one_likes() {
    let out = TestSink::new();
    let flow = doubled(out.clone());
    flow.run(&Config::default()).unwrap();
    flow.clone().run(&Config::default().workers(2)).unwrap();
    assert_eq!(out.sorted(), [0, 0, 2, 2, 4, 4, 6, 6, 8, 8]);
}

dataflow! {
    flow counted<I, K, S>(items: I, key_of: fn(&I::Item) -> K, out: S)
    where
        I: Source<Bound = Bounded> + Clone + Send + Sync + 'static,
        I::Item: Debug,
        K: Hash + Eq + Clone + serde::Serialize + serde::de::DeserializeOwned + Send + 'static,
        S: Sink<(K, u64)> + Clone + Send + Sync + 'static,
    {
        input("items", items) -> key_on("key", key_of) -> count_final("count") -> output("out", out);
    }

    flow constant<const N: usize>(out: TestSink<usize>) {
        input("n", iter([N])) -> output("out", out);
    }
}

#[test]
fn a_flow_has_type_parameters() {
    at_every_size(|config| {
        use flowstone::testing::TestSource;
        let words = TestSource::items(["to", "be", "or", "not"]);
        let by_length = TestSink::new();
        counted(words.clone(), |word| word.len(), by_length.clone()).run(config).unwrap();
        assert_eq!(by_length.sorted(), [(2, 3), (3, 1)]);
        let by_first = TestSink::new();
        counted(words, |word| word.chars().next(), by_first.clone()).run(config).unwrap();
        assert_eq!(by_first.sorted(), [(Some('b'), 1), (Some('n'), 1), (Some('o'), 1), (Some('t'), 1)]);
    });
    let out = TestSink::new();
    constant::<7>(out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), [7]);
}

dataflow! {
    flow with_parameters(factor: u64, names: Arc<HashMap<u64, String>>, limit: u64, out: TestSink<String>) {
        numbers = input("numbers", below(limit)) -> map(|n| n * factor) -> filter(|n| *n < limit * factor);
        named = numbers
            -> filter_map(|n| names.get(&(n / factor)).cloned())
            -> map(|name| format!("{name} of {}", names.len()));
        counted = numbers -> key_on(|_| factor) -> count_final("count") -> map(|(key, n)| format!("{n} of {key}"));
        merge(named, counted) -> output("out", out);
    }
}

#[test]
fn a_parameter_is_used_in_as_many_steps_as_one_likes() {
    at_every_size(|config| {
        let names =
            Arc::new(HashMap::from([(1, "one".to_string()), (3, "three".to_string()), (12, "twelve".to_string())]));
        let out = TestSink::new();
        with_parameters(10, names, 8, out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), ["8 of 10", "one of 3", "three of 3"]);
    });
}

dataflow! {
    flow asserted(out: TestSink<(u64, Vec<u64>)>) {
        numbers: u64 = input("numbers", below(6)) -> map::<_, _, _, u64, _>("same", |n| n);
        pairs: (u64, u64) = numbers -> key_on(|n| n % 2);
        lists: (u64, Vec<u64>) = pairs -> collect("lists", max_size = 2 + 1, timeout = 1.5h);
        lists -> map_value(|mut list| { list.sort(); list }) -> output("out", out);
    }
}

#[test]
fn assertions_and_turbofish_say_what_types_are() {
    at_every_size(|config| {
        let out = TestSink::new();
        asserted(out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), [(0, vec![0, 2, 4]), (1, vec![1, 3, 5])]);
    });
}

dataflow! {
    flow durations(out: TestSink<Duration>) {
        input("durations", iter([10us, 500ms, 2s, 15min, 6h, 1d, 1.5h, 2s + 10us]))
            -> map(|d| d.max(1s) + longer_by(1us))
            -> output("out", out);
    }
}

fn longer_by(more: Duration) -> Duration {
    more
}

#[test]
fn numbers_with_units_are_durations_wherever_an_argument_has_them() {
    let out = TestSink::new();
    durations(out.clone()).run(&Config::default()).unwrap();
    let micros = |n: u64| Duration::from_micros(n);
    let minute = 60_000_000;
    assert_eq!(
        out.take(),
        [1_000_000, 1_000_000, 2_000_000, 15 * minute, 360 * minute, 1440 * minute, 90 * minute, 2_000_010]
            .map(|n| micros(n + 1))
    );
}

dataflow! {
    flow with_code(out: TestSink<String>) {
        input("numbers", {
            let from = 1;
            iter(from..=4)
        })
            -> map("format", |n| {
                if n == 4 {
                    return "four".to_string();
                }
                match n {
                    1 => "one".to_string(),
                    n if n % 2 == 0 => format!("{n} is even"),
                    _ => {
                        let mut text = String::new();
                        for digit in [1, 2] {
                            text += &digit.to_string();
                        }
                        text
                    }
                }
            })
            -> output("out", out);
    }
}

#[test]
fn blocks_matches_macros_and_returns_stand_in_closures() {
    let out = TestSink::new();
    with_code(out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), ["one", "2 is even", "12", "four"]);
}

#[test]
fn a_flow_can_be_declared_in_a_function() {
    dataflow! {
        flow local(out: TestSink<u64>) {
            input("numbers", iter([1, 2])) -> output("out", out);
        }
    }
    let out = TestSink::new();
    local(out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), [1, 2]);
    assert_eq!(local::GRAPH.steps.len(), 2);
}

dataflow! {
    flow by_name(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", source = below(4))
            -> key_on("all", key = |_| 0)
            -> collect("lists", timeout = 1h, max_size = 4)
            -> top_k("most", by = |list| list.len(), n = 1)
            -> flat_map_value(|lists| lists)
            -> map_value(|mut list| { list.sort(); list })
            -> output("out", sink = out);
    }
}

#[test]
fn arguments_by_name_stand_in_any_order() {
    at_every_size(|config| {
        let out = TestSink::new();
        by_name(out.clone()).run(config).unwrap();
        assert_eq!(out.take(), [(0, vec![0, 1, 2, 3])]);
    });
}
