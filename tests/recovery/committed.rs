//! What readers are notified of: the positions that the store has, none before it has them, and the last ones at an end.

use crate::store::fresh;
use flowstone::bound::Bounded;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use flowstone::testing::TestSink;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What happened to one partition.
#[derive(Debug, Clone, Default, PartialEq)]
struct Seen {
    opened: u64,
    notified: Vec<u64>,
    /// The items that the sink had at each notification.
    written: Vec<usize>,
}

/// Partitions of numbers, some of which are notified of.
#[derive(Clone)]
struct Watched {
    partitions: u64,
    items: u64,
    /// Fails once the first partition has read so many.
    fails_at: Option<u64>,
    out: TestSink<u64>,
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
}

impl Watched {
    fn new(partitions: u64, items: u64, out: &TestSink<u64>) -> Watched {
        Watched { partitions, items, fails_at: None, out: out.clone(), seen: Arc::default() }
    }

    /// What happened since the last call.
    fn seen(&self) -> BTreeMap<String, Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

struct WatchedReader {
    source: Watched,
    name: String,
    read: u64,
}

impl Source for Watched {
    type Item = u64;
    type Bound = Bounded;
    type Reader = WatchedReader;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::Shared((0..self.partitions).map(|at| at.to_string()).collect()))
    }

    fn open(&self, partition: &str, position: Option<u64>, _cx: &SourceCx) -> Result<WatchedReader, Fault> {
        let read = position.unwrap_or(0);
        self.seen.lock().unwrap().entry(partition.to_owned()).or_default().opened = read;
        Ok(WatchedReader { source: self.clone(), name: partition.to_owned(), read })
    }
}

impl Reader for WatchedReader {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        for _ in 0..budget.min(10) {
            if self.name == "0" && self.source.fails_at == Some(self.read) {
                return Err(Fault::new("the test says to fail"));
            }
            if self.read == self.source.items {
                return Ok(Next::End);
            }
            emit(self.read);
            self.read += 1;
        }
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.read
    }

    fn committed(&mut self, position: u64) {
        let mut seen = self.source.seen.lock().unwrap();
        let seen = seen.get_mut(&self.name).unwrap();
        seen.notified.push(position);
        seen.written.push(self.source.out.len());
    }
}

dataflow! {
    flow copy(numbers: Watched, out: TestSink<u64>) {
        input("numbers", numbers) -> redistribute() -> output("out", out);
    }
}

fn sizes() -> Vec<Config> {
    let mut sizes: Vec<Config> = [1, 2, 4].map(|workers| Config::default().workers(workers)).into();
    sizes.push(Config::default().workers(2).processes_here(2));
    sizes.extend((0..4).map(|seed| Config::default().workers(3).perturbed(seed)));
    sizes
}

fn rises(notified: &[u64]) -> bool {
    notified.windows(2).all(|pair| pair[0] <= pair[1])
}

#[test]
fn readers_are_notified_of_what_the_store_has() {
    for (at, size) in sizes().into_iter().enumerate() {
        let (store, out) = (fresh("committed"), TestSink::new());
        let config = size.recovery(&store).snapshot_interval(Duration::ZERO);
        let mut source = Watched::new(3, 1000, &out);
        let mut notified = BTreeMap::new();
        for fails_at in [Some(500), Some(800), None] {
            source.fails_at = fails_at;
            let ran = copy(source.clone(), out.clone()).run(&config);
            assert_eq!(ran.is_err(), fails_at.is_some(), "size {at}");
            for (name, seen) in source.seen() {
                // What this execution found in the store is not less than what was notified before.
                let before = notified.get(&name).copied().unwrap_or(0);
                assert!(
                    before <= seen.opened,
                    "size {at}, partition {name}: {before} was notified, {} stored",
                    seen.opened
                );
                assert!(rises(&seen.notified) && seen.notified.iter().all(|position| *position >= seen.opened));
                notified.extend(seen.notified.last().map(|last| (name, *last)));
            }
        }
        // The end was clean: the last positions are committed, and the store has the same.
        assert!(notified.len() == 3 && notified.values().all(|position| *position == 1000), "size {at}: {notified:?}");
        copy(source.clone(), out.clone()).run(&config).unwrap();
        assert!(source.seen().values().all(|seen| seen.opened == 1000), "size {at}");
    }
}

#[test]
fn every_commit_is_reported_with_its_position() {
    let (store, out) = (fresh("each"), TestSink::new());
    let config = Config::default().recovery(&store).snapshot_interval(Duration::ZERO).lockstep();
    let source = Watched::new(1, 100, &out);
    copy(source.clone(), out.clone()).run(&config).unwrap();
    let notified = &source.seen()["0"].notified;
    let read: Vec<u64> = out
        .commits()
        .iter()
        .scan(0, |sum, (_, _, items)| {
            *sum += *items as u64;
            Some(*sum)
        })
        .collect();
    // The end itself may be a commit without items.
    let mut distinct = notified.clone();
    distinct.dedup();
    let mut read: Vec<u64> = read.into_iter().filter(|read| *read > 0).collect();
    read.dedup();
    assert_eq!(distinct, read);
    assert!(distinct.len() > 5, "{distinct:?}");
}

#[test]
fn without_recovery_readers_are_notified_of_what_is_done_with_everywhere() {
    for (at, size) in sizes().into_iter().enumerate() {
        let out = TestSink::new();
        let source = Watched::new(1, 5000, &out);
        copy(source.clone(), out.clone()).run(&size.snapshot_interval(Duration::ZERO)).unwrap();
        let seen = source.seen().remove("0").unwrap();
        assert!(rises(&seen.notified), "size {at}: {seen:?}");
        assert_eq!(seen.notified.last(), Some(&5000), "size {at}");
        assert!(seen.notified.len() > 2, "size {at}: {seen:?}");
        for (position, written) in seen.notified.iter().zip(&seen.written) {
            assert!(*position as usize <= *written, "size {at}: {position} of {written}");
        }
    }
}
