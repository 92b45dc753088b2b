//! Where items are: what keeps the placement of keys, and what does not.

use super::below;
use flowstone::prelude::*;
use flowstone::testing::{TestSink, at_every_size};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Which workers saw a key, at several places.
type Seen = Arc<Mutex<HashMap<(&'static str, u64), Vec<usize>>>>;

fn see(seen: &Seen, place: &'static str, worker: usize, key: u64) {
    let mut seen = seen.lock().unwrap();
    let workers = seen.entry((place, key)).or_default();
    if !workers.contains(&worker) {
        workers.push(worker);
    }
}

dataflow! {
    flow placed(seen: Seen, out: TestSink<(u64, u64)>) {
        sides = input("numbers", below(2000))
            -> key_on(|n| n % 50)
            -> stateful_map("first", |count: &mut Option<u64>, n| { *count.get_or_insert(0) += 1; n })
            -> inspect_worker(|worker, (key, _)| see(&seen, "first", worker, *key))
            -> map_value(|n| n + 1)
            -> filter_value(|n| n % 50 != 0)
            -> flat_map_value(|n| [n, n])
            -> stateful_map("second", |count: &mut Option<u64>, n| { *count.get_or_insert(0) += 1; n })
            -> inspect_worker(|worker, (key, _)| see(&seen, "second", worker, *key))
            -> filter(|_| true)
            -> branch(|(_, n)| n % 3 == 0);
        sides.falses -> discard("a third is enough");
        sides.trues -> count_final("count")
            -> inspect_worker(|worker, (key, _)| see(&seen, "count", worker, *key))
            -> output("out", out);
    }
}

#[test]
fn a_second_keyed_step_finds_each_key_where_the_first_had_it() {
    at_every_size(|config| {
        let (seen, out) = (Seen::default(), TestSink::new());
        placed(Arc::clone(&seen), out.clone()).run(config).unwrap();
        let count =
            |key| 2 * (0..2000).filter(|n| n % 50 == key && (n + 1) % 50 != 0 && (n + 1) % 3 == 0).count() as u64;
        let expected: Vec<_> = (0..50).map(|key| (key, count(key))).filter(|(_, count)| *count > 0).collect();
        assert_eq!(out.sorted(), expected);
        let seen = seen.lock().unwrap();
        for ((place, key), workers) in seen.iter() {
            assert_eq!(workers, &seen[&("first", *key)], "{place}, key {key}");
            assert_eq!(workers.len(), 1, "{place}, key {key}");
        }
    });
}

#[test]
fn keys_are_on_all_workers() {
    let (seen, out) = (Seen::default(), TestSink::new());
    placed(Arc::clone(&seen), out).run(&Config::default().workers(4)).unwrap();
    let seen = seen.lock().unwrap();
    let mut workers: Vec<usize> = seen.values().flatten().copied().collect();
    workers.sort();
    workers.dedup();
    assert_eq!(workers, [0, 1, 2, 3]);
}

dataflow! {
    flow moved(out: TestSink<(u64, u64)>) {
        lists = input("numbers", below(2000))
            -> key_on(|n| n % 50)
            -> collect("lists", max_size = 7, timeout = 1h);
        // A key of another stream, and one that a map made: both need to be sent again.
        by_map = lists -> map(|(key, list)| (key % 7, list.len() as u64)) -> reduce_final("by_map", |a, b| a + b);
        by_key = lists -> key_rm() -> flatten() -> key_on(|n| n % 7) -> count_final("by_key");
        spread = lists -> redistribute() -> flat_map_value(|list| list) -> map(|(key, _)| (key % 7, 1)) -> count_final("spread");
        merge(by_map, by_key, spread) -> output("out", out);
    }
}

#[test]
fn a_new_key_is_sent_to_its_own_worker() {
    at_every_size(|config| {
        let out = TestSink::new();
        moved(out.clone()).run(config).unwrap();
        let by_map = |key| (0..2000).filter(|n| n % 50 % 7 == key).count() as u64;
        let by_key = |key| (0..2000).filter(|n| n % 7 == key).count() as u64;
        let mut expected: Vec<_> =
            (0..7).flat_map(|key| [(key, by_map(key)), (key, by_map(key)), (key, by_key(key))]).collect();
        expected.sort();
        assert_eq!(out.sorted(), expected);
    });
}

/// A sink that notes which worker was to write what.
#[derive(Clone, Default)]
struct Workers(std::sync::Arc<std::sync::Mutex<Vec<(u64, usize)>>>);

struct WorkersWriter(Workers, usize);

impl flowstone::sink::Sink<(u64, u64)> for Workers {
    type Writer = WorkersWriter;

    fn open(&self, cx: &flowstone::sink::SinkCx) -> Result<WorkersWriter, flowstone::error::Fault> {
        Ok(WorkersWriter(self.clone(), cx.worker))
    }
}

impl flowstone::sink::Writer<(u64, u64)> for WorkersWriter {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<(u64, u64)>) -> Result<(), flowstone::error::Fault> {
        self.0.0.lock().unwrap().extend(items.drain(..).map(|(key, _)| (key, self.1)));
        Ok(())
    }

    fn prepare(&mut self, _epoch: u64) -> Result<(), flowstone::error::Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), flowstone::error::Fault> {
        Ok(())
    }
}

dataflow! {
    flow written_by_owner(out: Workers) {
        input("numbers", super::below(1000)) -> key_on("key", |n| n % 50) -> output("out", flowstone::sinks::by_key(out));
    }

    flow counted_by_owner(out: Workers) {
        input("numbers", super::below(1000))
            -> key_on("key", |n| n % 50)
            -> count_final("count")
            -> output("out", flowstone::sinks::by_key(out));
    }
}

#[test]
fn a_sink_by_key_gets_all_of_a_key_on_one_worker() {
    at_every_size(|config| {
        for (flow, rows) in [(written_by_owner as fn(_) -> _, 1000), (counted_by_owner, 50)] {
            let out = Workers::default();
            flow(out.clone()).run(config).unwrap();
            let mut written = out.0.lock().unwrap().clone();
            assert_eq!(written.len(), rows);
            written.sort_unstable();
            written.dedup();
            assert_eq!(written.len(), 50, "a key is on several workers: {written:?}");
        }
    });
}
