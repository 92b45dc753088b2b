//! Faults that pass are tried again without losing or doubling an item; others end the flow.

use crate::below;
use crate::random::Random;
use flowstone::error::{Error, Fault};
use flowstone::prelude::*;
use flowstone::sink::{Guarantee, Retry, Sink, SinkCx, Writer};
use flowstone::sinks::for_each;
use flowstone::testing::at_every_size;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Keeps what is committed; each call fails now and then, as the seed says.
#[derive(Clone)]
struct Faulty {
    seed: u64,
    /// One call in so many fails with a fault that passes.
    one_in: u64,
    retry: Retry,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    prepared: BTreeMap<(usize, u64), Vec<u64>>,
    committed: Vec<u64>,
    faults: u64,
}

impl Faulty {
    fn new(seed: u64, one_in: u64) -> Faulty {
        let retry = Retry::new().first(Duration::from_millis(1)).longest(Duration::from_millis(2));
        Faulty { seed, one_in, retry, kept: Arc::default() }
    }
}

struct FaultyWriter {
    sink: Faulty,
    worker: usize,
    random: Random,
    open: Vec<u64>,
}

impl FaultyWriter {
    fn may_fail(&mut self, what: &str) -> Result<(), Fault> {
        if self.random.below(self.sink.one_in) > 0 {
            return Ok(());
        }
        self.sink.kept.lock().unwrap().faults += 1;
        Err(Fault::new(format!("the service is away during {what}")).transient())
    }
}

impl Sink<u64> for Faulty {
    type Writer = FaultyWriter;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn retry(&self) -> Retry {
        self.retry
    }

    fn open(&self, cx: &SinkCx) -> Result<FaultyWriter, Fault> {
        let random = Random::new(self.seed * 100 + cx.worker as u64);
        Ok(FaultyWriter { sink: self.clone(), worker: cx.worker, random, open: Vec::new() })
    }
}

impl Writer<u64> for FaultyWriter {
    type Prepared = (usize, u64);

    fn write_batch(&mut self, items: &mut Vec<u64>) -> Result<(), Fault> {
        // It may fail in the middle of a batch.
        let taken = self.random.below(items.len() as u64 + 1) as usize;
        self.open.extend(items.drain(..taken));
        self.may_fail("a batch")?;
        self.open.append(items);
        Ok(())
    }

    fn prepare(&mut self, epoch: u64) -> Result<(usize, u64), Fault> {
        self.may_fail("the preparation")?;
        let open = std::mem::take(&mut self.open);
        self.sink.kept.lock().unwrap().prepared.insert((self.worker, epoch), open);
        Ok((self.worker, epoch))
    }

    fn commit(&mut self, prepared: (usize, u64)) -> Result<(), Fault> {
        self.may_fail("the commit")?;
        let mut kept = self.sink.kept.lock().unwrap();
        let mut items = kept.prepared.remove(&prepared).unwrap_or_default();
        kept.committed.append(&mut items);
        drop(kept);
        // What was done and whose answer was lost is done again.
        self.may_fail("the answer")
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.may_fail("the end")
    }
}

dataflow! {
    flow numbers(n: u64, out: Faulty) {
        input("numbers", below(n)) -> output("out", out);
    }
}

const N: u64 = 2_000;

#[test]
fn faults_that_pass_cost_no_item_and_double_none() {
    for seed in 0..4 {
        at_every_size(|config| {
            let out = Faulty::new(seed, 3);
            let config = config.clone().snapshot_interval(Duration::ZERO);
            let report = numbers(N, out.clone()).run(&config).unwrap();
            let mut kept = out.kept.lock().unwrap();
            kept.committed.sort_unstable();
            assert!(kept.committed.iter().copied().eq(0..N), "{} items", kept.committed.len());
            assert!(kept.prepared.is_empty());
            let counted: u64 = report.steps.iter().filter(|step| step.id == "out").map(|step| step.retries).sum();
            assert!(kept.faults > 0);
            assert_eq!(counted, kept.faults);
        });
    }
}

#[test]
fn what_fails_for_too_long_ends_the_flow_with_its_cause() {
    let retry = Retry::new().first(Duration::from_millis(1)).longest(Duration::from_millis(1));
    let out = Faulty { retry: retry.limit(Duration::from_millis(3)), ..Faulty::new(0, 1) };
    let error = numbers(10, out.clone()).run(&Config::default()).unwrap_err();
    assert_eq!(
        error.report(),
        "output `out` failed on worker 0\n  caused by: the service is away during a batch, 4 times in a row"
    );
    let out = Faulty { retry: Retry::never(), ..out };
    let error = numbers(10, out.clone()).run(&Config::default()).unwrap_err();
    assert!(error.report().ends_with("during a batch"), "{}", error.report());
    assert!(out.kept.lock().unwrap().committed.is_empty());
}

dataflow! {
    flow each(calls: Arc<AtomicU64>, seen: Arc<Mutex<Vec<u64>>>) {
        input("numbers", iter(0..100u64))
            -> output("out", for_each(move |n: &u64| {
                   if calls.fetch_add(1, Ordering::SeqCst).is_multiple_of(50) {
                       return Err(Fault::from(std::io::Error::from(std::io::ErrorKind::ConnectionReset)));
                   }
                   seen.lock().unwrap().push(*n);
                   Ok(())
               }));
    }

    flow refused() {
        input("numbers", iter(0..100u64))
            -> output("out", for_each(|n: &u64| {
                   if *n == 7 { Err(std::io::Error::from(std::io::ErrorKind::NotFound)) } else { Ok(()) }
               }));
    }
}

#[test]
fn for_each_tries_an_item_again_after_a_fault_that_passes() {
    let (calls, seen) = (Arc::default(), Arc::default());
    each(Arc::clone(&calls), Arc::clone(&seen)).run(&Config::default()).unwrap();
    assert!(seen.lock().unwrap().iter().copied().eq(0..100));
    assert_eq!(calls.load(Ordering::SeqCst), 103);
}

#[test]
fn for_each_ends_the_flow_with_any_other_error() {
    let error = refused().run(&Config::default()).unwrap_err();
    assert!(matches!(error, Error::Sink { .. }));
    assert!(error.report().contains("entity not found"), "{}", error.report());
}
