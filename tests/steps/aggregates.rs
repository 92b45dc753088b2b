//! Aggregates: against the same thing computed from a list, in flows and by hand, added up in one go or in parts.

use super::common::cases;
use flowstone::clock::Timestamp;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, size_by_seed};
use flowstone::windows::Windowed;
use flowstone::windows::aggregate::{Aggregate, HyperLogLog, Of, Spread};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

type Twelve = (u64, i64, f64, i64, i64, f64, f64, u64, u64, Vec<i64>, Vec<i64>, Spread);

dataflow! {
    flow twelve(items: Vec<(u8, i64)>, by: i64, out: TestSink<(u8, Twelve)>) {
        input("items", iter(items))
            -> redistribute()
            -> aggregate_final("twelve", of = (
                count(),
                sum(|n| *n),
                mean(|n| *n),
                min(|n| *n),
                max(|n| *n),
                min_by(|n| *n as f64, f64::total_cmp),
                max_by(|n| *n as f64, f64::total_cmp),
                distinct(|n| n.rem_euclid(by)),
                distinct_approx(|n| n.rem_euclid(by)),
                top(3, |n| *n),
                collect(|n: &i64| *n),
                variance(|n| *n),
            ))
            -> output("out", out);
    }

    flow one(items: Vec<(u8, i64)>, alone: TestSink<(u8, i64)>, in_parentheses: TestSink<(u8, (i64,))>) {
        items = input("items", iter(items));
        items -> aggregate_final("alone", of = last(|n| *n)) -> output("alone_out", alone);
        items -> aggregate_final("in_parentheses", of = (first(i64::clone),)) -> output("in_parentheses_out", in_parentheses);
    }
}

type Timed = (i64, i64);
type OfWindow = (u64, i64, i64, i64, Vec<i64>);

dataflow! {
    flow windowed(
        items: Vec<(u8, Timed)>,
        tumbling_out: TestSink<(u8, Windowed<OfWindow>)>,
        sessions_out: TestSink<(u8, Windowed<OfWindow>)>,
    ) {
        items = input("items", iter(items));
        items
            -> aggregate_window("tumbling",
                   clock = event_time(|(at, _)| *at, wait = 1h),
                   windows = tumbling(10us),
                   of = (count(), sum(|(_, n)| *n), first(|(_, n)| *n), last(|(_, n)| *n), collect(|(at, _)| *at)))
            -> output("tumbling_out", tumbling_out);
        items
            -> aggregate_window("sessions",
                   clock = watermark(|(at, _)| *at, wait = 1h),
                   windows = session(gap = 5us),
                   of = (count(), sum(|(_, n)| *n), first(|(_, n)| *n), last(|(_, n)| *n), collect(|(at, _)| *at)))
            -> output("sessions_out", sessions_out);
    }
}

/// What aggregates of one window come to, values in the order in which they came.
fn of_window(values: &[Timed]) -> OfWindow {
    let mut sorted = values.to_vec();
    sorted.sort_by_key(|(at, _)| *at);
    let sum = values.iter().map(|(_, n)| n).sum();
    let times = sorted.iter().map(|(at, _)| *at).collect();
    (values.len() as u64, sum, sorted[0].1, sorted[sorted.len() - 1].1, times)
}

fn expected(values: &[i64], by: i64) -> Twelve {
    let of = Of::<i64>::new();
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let (least, greatest) = (sorted[0], sorted[sorted.len() - 1]);
    let sum: i64 = values.iter().sum();
    let different = values.iter().map(|n| n.rem_euclid(by)).collect::<BTreeSet<_>>().len() as u64;
    (
        values.len() as u64,
        sum,
        sum as f64 / values.len() as f64,
        least,
        greatest,
        least as f64,
        greatest as f64,
        different,
        different,
        sorted.iter().rev().take(3).copied().collect(),
        sorted,
        of.variance(|n| *n).over(values.iter().copied()).unwrap(),
    )
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(50), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twelve_at_once_are_what_a_list_would_give(
        items in proptest::collection::vec((0u8..4, -1000i64..1000), 0..200),
        by in 1i64..100,
        size: u64,
    ) {
        let out = TestSink::new();
        twelve(items.clone(), by, out.clone()).run(&size_by_seed(size)).unwrap();
        let mut lists = BTreeMap::<u8, Vec<i64>>::new();
        items.into_iter().for_each(|(key, n)| lists.entry(key).or_default().push(n));
        let mut given: BTreeMap<_, _> = out.take().into_iter().collect();
        prop_assert_eq!(given.len(), lists.len());
        for (key, list) in lists {
            let (mut given, expected) = (given.remove(&key).unwrap(), expected(&list, by));
            prop_assert!(near(given.2, expected.2), "{} is not {}", given.2, expected.2);
            prop_assert!(near(given.11.variance(), expected.11.variance()));
            given.10.sort_unstable();
            (given.2, given.11) = (expected.2, expected.11);
            prop_assert_eq!(given, expected);
        }
    }

    #[test]
    fn windows_come_to_what_their_values_do(
        items in proptest::collection::vec((0u8..3, (-100i64..100, -9i64..9)), 0..120),
        size: u64,
    ) {
        let (tumbling, sessions) = (TestSink::new(), TestSink::new());
        windowed(items.clone(), tumbling.clone(), sessions.clone()).run(&size_by_seed(size)).unwrap();
        let mut by_window = BTreeMap::<(u8, i64), Vec<Timed>>::new();
        items.iter().for_each(|(key, timed)| by_window.entry((*key, timed.0.div_euclid(10))).or_default().push(*timed));
        let expected: Vec<_> = by_window.iter().map(|(window, values)| (*window, of_window(values))).collect();
        let mut given: Vec<_> = tumbling.take().into_iter().map(|(key, w)| ((key, w.id), w.value)).collect();
        given.sort();
        prop_assert_eq!(given, expected);

        let mut keys = BTreeMap::<u8, Vec<Timed>>::new();
        items.iter().for_each(|(key, timed)| keys.entry(*key).or_default().push(*timed));
        let mut expected = Vec::new();
        for (key, mut values) in keys {
            // Stable: what came first at one time stays first.
            values.sort_by_key(|(at, _)| *at);
            let visits = values.chunk_by(|(a, _), (b, _)| b - a <= 5);
            expected.extend(visits.map(|visit| (key, of_window(visit))));
        }
        let mut given: Vec<_> = sessions.take().into_iter().map(|(key, w)| (key, w.open, w.value)).collect();
        given.sort();
        let given: Vec<_> = given.into_iter().map(|(key, _, value)| (key, value)).collect();
        prop_assert_eq!(given, expected);
    }

    /// Whatever is added up in parts, and then merged, is what it would be in one go; times are in any order.
    #[test]
    fn parts_can_be_merged(values in proptest::collection::vec((0i64..50, -1000i64..1000), 2..60), cut in 1usize..59) {
        let cut = cut.min(values.len() - 1);
        let of = Of::<i64>::new();
        let all = (
            of.count(), of.sum(|n| *n), of.min(|n| *n), of.max(|n| *n), of.first(|n| *n), of.last(|n| *n),
            of.distinct(|n| *n), of.distinct_approx(|n| *n), of.top(5, |n| *n), of.collect(|n| *n),
        );
        let state = |values: &[(i64, i64)]| {
            let mut state = all.start(Timestamp(values[0].0), &values[0].1);
            values[1..].iter().for_each(|(at, n)| all.add(&mut state, Timestamp(*at), n));
            state
        };
        let (mut parts, more) = (state(&values[..cut]), state(&values[cut..]));
        all.merge(&mut parts, more);
        prop_assert_eq!(all.finish(parts), all.finish(state(&values)));
    }
}

#[test]
fn one_aggregate_needs_no_tuple() {
    let (alone, in_parentheses) = (TestSink::new(), TestSink::new());
    one(vec![(1, 3), (1, 5), (2, 7)], alone.clone(), in_parentheses.clone()).run(&Config::default()).unwrap();
    assert_eq!(alone.sorted(), [(1, 5), (2, 7)]);
    assert_eq!(in_parentheses.sorted(), [(1, (3,)), (2, (7,))]);
}

#[test]
fn first_and_last_go_by_time_and_then_by_arrival() {
    let of = Of::<&str>::new();
    let both =
        (of.first(|word| word.to_string()), of.last(|word| word.to_string()), of.collect(|word| word.to_string()));
    let mut state = both.start(Timestamp(5), &"e");
    for (at, word) in [(3, "a"), (7, "x"), (3, "b"), (7, "y"), (6, "f")] {
        both.add(&mut state, Timestamp(at), &word);
    }
    let (first, last, all) = both.finish(state);
    assert_eq!((first.as_str(), last.as_str()), ("a", "y"));
    assert_eq!(all.concat(), "abefxy");
}

#[test]
fn sums_stay_within_their_type() {
    let of = Of::<i64>::new();
    assert_eq!(of.sum(|n| *n).over([i64::MAX, 1]), Some(i64::MAX));
    assert_eq!(of.sum(|n| *n as u8).over([200, 200]), Some(400));
    assert_eq!(of.sum(|n| i128::from(*n)).over([i64::MAX, i64::MAX]), Some(2 * i128::from(i64::MAX)));
}

#[test]
fn floats_are_summed_without_losing_digits() {
    let of = Of::<f64>::new();
    let values = std::iter::once(1e16).chain(std::iter::repeat_n(1.0, 10_000)).chain([-1e16]);
    assert_eq!((of.sum(|x| *x), of.mean(|x| *x)).over(values), Some((1e4, 1e4 / 10_002.0)));
    assert_eq!(of.sum(|x| *x).over([f64::INFINITY, 1.0]), Some(f64::INFINITY));
    assert!(of.sum(|x| *x).over([f64::INFINITY, f64::NEG_INFINITY]).unwrap().is_nan());
    // The textbook formula, the mean of squares less the square of the mean, gives 0 or even less here.
    let spread = of.variance(|x| *x).over([1e9 + 4.0, 1e9 + 7.0, 1e9 + 13.0, 1e9 + 16.0]).unwrap();
    assert_eq!((spread.variance(), spread.sample_variance()), (22.5, Some(30.0)));
    let mut one = Spread::default();
    assert_eq!((one.variance(), one.sample_variance()), (0.0, None));
    one.add(3.0);
    assert_eq!((one.mean, one.std_dev(), one.sample_std_dev()), (3.0, 0.0, None));
}

#[test]
fn a_sketch_counts_within_its_error_whatever_the_size() {
    // 40 sketches of each size: none is off by four standard errors, and their mean by less than one half of one.
    for size in [100u64, 128, 129, 500, 2_000, 10_000, 30_000, 100_000] {
        let errors: Vec<f64> = (0..40u64)
            .map(|seed| {
                let mut sketch = HyperLogLog::default();
                (0..size).for_each(|n| sketch.add(&(seed << 32 | n)));
                sketch.count() as f64 / size as f64 - 1.0
            })
            .collect();
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        assert!(errors.iter().all(|error| error.abs() < 4.0 * 0.01625), "{size}: {errors:?}");
        assert!(mean.abs() < 0.008, "{size}: {mean}");
        assert!(size > 128 || errors.iter().all(|error| *error == 0.0), "{size}: {errors:?}");
    }
    assert_eq!(HyperLogLog::default().count(), 0);
}

#[test]
fn the_states_of_aggregates_can_be_stored() {
    let of = Of::<u64>::new();
    let all = (of.count(), of.distinct(|n| *n), of.distinct_approx(|n| *n), of.top(2, |n| *n), of.mean(|n| *n as f32));
    let mut state = all.start(Timestamp(0), &1);
    (0..300).for_each(|n| all.add(&mut state, Timestamp(0), &n));
    let stored = serde_json::to_string(&state).unwrap();
    let back = serde_json::from_str(&stored).unwrap();
    assert_eq!(all.finish(back), all.finish(state));
}
