//! A flow with nothing to do sleeps, and wakes when there is something.

use super::common::Remote;
use flowstone::bound::Bounded;
use flowstone::clock::Clock;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use flowstone::testing::{TestSink, at_every_size};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Wants to be asked at given moments, and counts how often it is.
#[derive(Clone)]
struct Sleepy {
    moments: Vec<Timestamp>,
    calls: Arc<AtomicU64>,
    told: Sender<u64>,
}

impl Source for Sleepy {
    type Item = u64;
    type Bound = Bounded;
    type Reader = Sleepy;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::EveryWorker)
    }

    fn open(&self, _: &str, _: Option<u64>, _: &SourceCx) -> Result<Sleepy, Fault> {
        Ok(self.clone())
    }
}

impl Reader for Sleepy {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        emit(call);
        self.told.send(call).unwrap();
        match self.moments.is_empty() {
            true => Ok(Next::End),
            false => Ok(Next::At(self.moments.remove(0))),
        }
    }

    fn position(&self) -> u64 {
        0
    }
}

dataflow! {
    flow sleepy(source: Sleepy, out: TestSink<u64>) {
        input("sleepy", source) -> redistribute() -> output("out", out);
    }
}

#[test]
fn a_source_is_asked_at_its_moment_and_not_before() {
    for workers in [1, 2] {
        let clock = Clock::manual(Timestamp(0));
        let (told, asked) = channel();
        let calls = Arc::new(AtomicU64::new(0));
        let hours = |hours: i64| Timestamp(hours * 3_600_000_000);
        let source = Sleepy { moments: vec![hours(2), hours(5)], calls: Arc::clone(&calls), told };
        let out = TestSink::new();
        let config = Config::default().workers(workers).clock(clock.clone());
        let flow = sleepy(source, out.clone());
        let running = std::thread::spawn(move || flow.run(&config));
        let each = || (0..workers).for_each(|_| _ = asked.recv().unwrap());
        let calls = || calls.load(Ordering::SeqCst) as usize / workers;
        each();
        // Epochs end meanwhile, which wakes workers but asks no source.
        for _ in 0..7 {
            clock.advance(Duration::from_secs(1000));
        }
        clock.set(Timestamp(hours(2).0 - 1));
        assert_eq!(calls(), 1);
        clock.set(hours(2));
        each();
        assert_eq!(calls(), 2);
        clock.set(hours(5));
        each();
        running.join().unwrap().unwrap();
        assert_eq!(calls(), 3);
        assert_eq!(out.len(), 3 * workers);
        assert!(asked.try_recv().is_err());
    }
}

dataflow! {
    flow polled(told: Arc<Mutex<Sender<Timestamp>>>, clock: Clock, out: TestSink<i64>) {
        input("polled", polling(10s, {
            let calls = std::cell::Cell::new(0);
            move || {
                calls.set(calls.get() + 1);
                told.lock().unwrap().send(clock.now()).unwrap();
                Ok(if calls.get() == 4 { Poll::End } else { Poll::Items(vec![clock.now().0]) })
            }
        })) -> output("out", out);
    }
}

#[test]
fn a_polled_function_is_called_at_its_interval_and_missed_calls_are_not_made_up_for() {
    let clock = Clock::manual(Timestamp(0));
    let (tell, told) = channel();
    let out = TestSink::new();
    let config = Config::default().clock(clock.clone());
    let flow = polled(Arc::new(Mutex::new(tell)), clock.clone(), out.clone());
    let running = std::thread::spawn(move || flow.run(&config));
    let second = |n: i64| Timestamp(n * 1_000_000);
    assert_eq!(told.recv().unwrap(), second(0));
    clock.set(second(9));
    clock.set(second(10));
    assert_eq!(told.recv().unwrap(), second(10));
    clock.set(second(47));
    assert_eq!(told.recv().unwrap(), second(47));
    clock.set(second(57));
    assert_eq!(told.recv().unwrap(), second(57));
    running.join().unwrap().unwrap();
    assert_eq!(out.len(), 3);
}

dataflow! {
    flow remote(source: Remote<u64>, told: Sender<u64>, out: TestSink<u64>) {
        input("remote", source) -> redistribute() -> inspect(|n| told.send(*n).unwrap()) -> output("out", out);
    }
}

#[test]
fn a_source_with_a_thread_of_its_own_wakes_its_worker() {
    // The clock stands, so that no timer can be what wakes it.
    at_every_size(|config| {
        let (source, (tell, told)) = (Remote::new(), channel());
        let out = TestSink::new();
        let flow = remote(source.clone(), tell, out.clone());
        let config = config.clone().clock(Clock::manual(Timestamp(0)));
        let running = std::thread::spawn(move || flow.run(&config));
        for n in 0..200 {
            source.send(n);
            assert_eq!(told.recv().unwrap(), n);
        }
        source.end();
        running.join().unwrap().unwrap();
        assert_eq!(out.sorted(), (0..200).collect::<Vec<_>>());
    });
}

#[test]
fn an_epoch_ends_while_nothing_comes() {
    // What came before the pause is committed in it, not with what comes after.
    at_every_size(|config| {
        let clock = Clock::manual(Timestamp(0));
        let (source, (tell, told)) = (Remote::new(), channel());
        let committed = TestSink::new();
        let (commit, commits) = channel();
        let flow = telling_of_commits(source.clone(), tell, Tells { inner: committed.clone(), commit });
        let config = config.clone().clock(clock.clone());
        let running = std::thread::spawn(move || flow.run(&config));
        source.send(1);
        told.recv().unwrap();
        clock.advance(Duration::from_secs(10));
        assert_eq!(commits.recv().unwrap(), 0);
        assert_eq!(committed.take_committed(), [1]);
        source.send(2);
        told.recv().unwrap();
        clock.advance(Duration::from_secs(30));
        assert_eq!(commits.recv().unwrap(), 1);
        assert_eq!(committed.take_committed(), [2]);
        source.end();
        running.join().unwrap().unwrap();
    });
}

/// A sink that tells of its commits.
#[derive(Clone)]
struct Tells {
    inner: TestSink<u64>,
    commit: Sender<u64>,
}

struct TellingWriter<W> {
    writer: W,
    commit: Sender<u64>,
}

impl flowstone::sink::Sink<u64> for Tells {
    type Writer = TellingWriter<<TestSink<u64> as flowstone::sink::Sink<u64>>::Writer>;

    fn open(&self, cx: &flowstone::sink::SinkCx) -> Result<Self::Writer, Fault> {
        Ok(TellingWriter { writer: self.inner.open(cx)?, commit: self.commit.clone() })
    }
}

impl<W: flowstone::sink::Writer<u64, Prepared = (u64, usize, u64)>> flowstone::sink::Writer<u64> for TellingWriter<W> {
    /// Execution, worker, epoch.
    type Prepared = (u64, usize, u64);

    fn write_batch(&mut self, items: &mut Vec<u64>) -> Result<(), Fault> {
        self.writer.write_batch(items)
    }

    fn prepare(&mut self, epoch: u64) -> Result<Self::Prepared, Fault> {
        self.writer.prepare(epoch)
    }

    fn commit(&mut self, prepared: Self::Prepared) -> Result<(), Fault> {
        self.writer.commit(prepared)?;
        self.commit.send(prepared.2).unwrap();
        Ok(())
    }
}

dataflow! {
    flow telling_of_commits(source: Remote<u64>, told: Sender<u64>, out: Tells) {
        input("remote", source) -> redistribute() -> inspect(|n| told.send(*n).unwrap()) -> output("out", out);
    }
}
