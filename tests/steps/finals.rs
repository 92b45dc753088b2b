//! What comes at the end of the input, against the same thing computed with a map.

use super::common::cases;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, TestSource, size_by_seed};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Item = (u8, i64);

dataflow! {
    flow finals(
        items: TestSource<Item>,
        count: TestSink<(u8, u64)>,
        sum: TestSink<(u8, i64)>,
        max: TestSink<(u8, i64)>,
        min: TestSink<(u8, i64)>,
        all: TestSink<(u8, Vec<i64>)>,
    ) {
        items = input("items", items);
        items -> count_final("count") -> output("count_out", count);
        items -> reduce_final("sum", |a, b| a.wrapping_add(b)) -> output("sum_out", sum);
        items -> max_final("max") -> output("max_out", max);
        items -> min_final("min") -> output("min_out", min);
        items -> fold_final("all", Vec::new, |mut all: Vec<i64>, n| { all.push(n); all }) -> output("all_out", all);
    }
}

fn grouped(items: &[Item]) -> BTreeMap<u8, Vec<i64>> {
    let mut groups = BTreeMap::<u8, Vec<i64>>::new();
    for (key, value) in items {
        groups.entry(*key).or_default().push(*value);
    }
    groups
}

/// Scripts of up to four partitions, a few batches each.
fn inputs() -> impl Strategy<Value = Vec<Vec<Vec<Item>>>> {
    let item = (prop_oneof![0u8..3, any::<u8>()], prop_oneof![-3i64..4, any::<i64>()]);
    let batch = proptest::collection::vec(item, 0..12);
    proptest::collection::vec(proptest::collection::vec(batch, 0..6), 1..5)
}

fn source(partitions: &[Vec<Vec<Item>>]) -> TestSource<Item> {
    let script =
        |batches: &Vec<Vec<Item>>| batches.iter().cloned().map(flowstone::testing::Entry::Items).collect::<Vec<_>>();
    partitions[1..]
        .iter()
        .fold(TestSource::script(script(&partitions[0])), |source, batches| source.and(script(batches)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(100), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn finals_are_what_a_map_would_hold(partitions in inputs(), size: u64, small_epochs: bool) {
        let (count, sum, max, min, all) = (TestSink::new(), TestSink::new(), TestSink::new(), TestSink::new(), TestSink::new());
        let mut config = size_by_seed(size);
        if small_epochs {
            config = config.snapshot_interval(std::time::Duration::ZERO);
        }
        finals(source(&partitions), count.clone(), sum.clone(), max.clone(), min.clone(), all.clone()).run(&config).unwrap();

        let items: Vec<Item> = partitions.iter().flatten().flatten().copied().collect();
        let groups = grouped(&items);
        prop_assert_eq!(count.sorted(), groups.iter().map(|(key, values)| (*key, values.len() as u64)).collect::<Vec<_>>());
        let total = |values: &[i64]| values.iter().fold(0i64, |sum, n| sum.wrapping_add(*n));
        prop_assert_eq!(sum.sorted(), groups.iter().map(|(key, values)| (*key, total(values))).collect::<Vec<_>>());
        prop_assert_eq!(max.sorted(), groups.iter().map(|(key, values)| (*key, *values.iter().max().unwrap())).collect::<Vec<_>>());
        prop_assert_eq!(min.sorted(), groups.iter().map(|(key, values)| (*key, *values.iter().min().unwrap())).collect::<Vec<_>>());

        let mut folded = all.sorted();
        if partitions.len() == 1 {
            // Of one partition, values of a key come in their order.
            prop_assert_eq!(&folded, &groups.clone().into_iter().collect::<Vec<_>>());
        }
        folded.iter_mut().for_each(|(_, values)| values.sort());
        let sorted = groups.into_iter().map(|(key, mut values)| { values.sort(); (key, values) });
        prop_assert_eq!(folded, sorted.collect::<Vec<_>>());
    }
}

dataflow! {
    flow of_nothing(count: TestSink<((), u64)>, sum: TestSink<((), u64)>, all: TestSink<((), u64)>) {
        nothing = input("nothing", iter(Vec::<u64>::new())) -> key_on(|_| ());
        nothing -> count_final("count") -> output("count_out", count);
        nothing -> reduce_final("sum", |a, b| a + b) -> output("sum_out", sum);
        nothing -> fold_final("all", || 7, |all: u64, n| all + n) -> output("all_out", all);
    }
}

#[test]
fn of_no_values_there_is_no_result() {
    flowstone::testing::at_every_size(|config| {
        let (count, sum, all) = (TestSink::new(), TestSink::new(), TestSink::new());
        of_nothing(count.clone(), sum.clone(), all.clone()).run(config).unwrap();
        assert!(count.is_empty() && sum.is_empty() && all.is_empty());
    });
}
