//! A writer runs on a thread of its own: what it waits for holds up no worker, and what waits for it is bounded.

use flowstone::error::{Error, Fault};
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::sinks::for_each;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::ThreadId;
use std::time::Duration;

/// Long enough that only what never comes takes longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// In the call that `stops` names it waits until the flow has read an item that came later.
#[derive(Clone)]
struct Waits {
    stops: &'static str,
    later: Arc<Mutex<Receiver<u64>>>,
    threads: Arc<Mutex<Vec<ThreadId>>>,
}

impl Waits {
    fn maybe(&self, call: &'static str) -> Result<(), Fault> {
        let mut threads = self.threads.lock().unwrap();
        if !threads.contains(&std::thread::current().id()) {
            threads.push(std::thread::current().id());
        }
        drop(threads);
        if call == self.stops {
            self.later.lock().unwrap().recv_timeout(PATIENCE).map_err(|_| Fault::new("the worker stands still"))?;
        }
        Ok(())
    }
}

impl Sink<u64> for Waits {
    type Writer = Waits;

    fn open(&self, _: &SinkCx) -> Result<Waits, Fault> {
        Ok(self.clone())
    }
}

impl Writer<u64> for Waits {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<u64>) -> Result<(), Fault> {
        items.clear();
        self.maybe("write_batch")
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        self.maybe("prepare")
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        self.maybe("commit")
    }
}

dataflow! {
    flow numbers(seen: Arc<Mutex<Sender<u64>>>, out: Waits) {
        input("numbers", iter(0..2_000u64))
            -> inspect("seen", |n| if *n > 0 { _ = seen.lock().unwrap().send(*n) })
            -> output("out", out);
    }
}

#[test]
fn the_worker_goes_on_while_the_writer_waits() {
    // Every batch is an epoch: the first one's calls come while the source has much left to read.
    for recovery in [false, true] {
        for stops in ["write_batch", "prepare", "commit"] {
            let store = tempfile::tempdir().unwrap();
            let (tell, later) = channel();
            let threads = Arc::default();
            let out = Waits { stops, later: Arc::new(Mutex::new(later)), threads: Arc::clone(&threads) };
            let config = Config::default().snapshot_interval(Duration::ZERO);
            let config = if recovery { config.recovery(store.path().display().to_string()) } else { config };
            let run = numbers(Arc::new(Mutex::new(tell)), out).run(&config);
            run.unwrap_or_else(|error| panic!("{stops}, recovery: {recovery}: {}", error.report()));
            let threads = threads.lock().unwrap();
            assert!(threads.len() == 1 && threads[0] != std::thread::current().id(), "{threads:?}");
        }
    }
}

dataflow! {
    flow flood(read: Arc<AtomicU64>, written: Arc<AtomicU64>, most: Arc<AtomicU64>) {
        input("numbers", iter(0..2_000_000u64))
            -> inspect("read", |_| _ = read.fetch_add(1, Ordering::SeqCst))
            -> output("out", for_each(move |_: &u64| {
                   let before = written.fetch_add(1, Ordering::SeqCst);
                   most.fetch_max(read.load(Ordering::SeqCst) - before, Ordering::SeqCst);
               }));
    }

    flow panics() {
        input("numbers", iter(0..10u64)) -> output("out", for_each(|n: &u64| assert!(*n < 7, "seven")));
    }

    flow fails_elsewhere() {
        numbers = input("numbers", iter(0..10u64));
        numbers -> output("out", for_each(|_: &u64| ()));
        numbers -> filter(|n| *n == 9) -> raises("nine");
    }
}

#[test]
fn what_waits_for_a_writer_is_bounded() {
    let (read, written, most) = (Arc::default(), Arc::default(), Arc::new(AtomicU64::new(0)));
    flood(read, Arc::clone(&written), Arc::clone(&most)).run(&Config::default()).unwrap();
    assert_eq!(written.load(Ordering::SeqCst), 2_000_000);
    // 16,384 in the queue, a batch that it has no room for, and the few ticks that may be under way.
    assert!(most.load(Ordering::SeqCst) < 300_000, "{most:?} items were under way");
}

#[test]
fn a_writer_that_panics_ends_the_flow_with_its_step_and_place() {
    let error = panics().run(&Config::default()).unwrap_err();
    let Error::Panic { step, message, location, .. } = &error else { panic!("{error:?}") };
    assert_eq!((step.as_str(), message.as_str()), ("out", "seven"));
    assert!(location.as_ref().is_some_and(|location| location.contains("threads.rs:")), "{location:?}");
}

#[test]
fn a_writer_goes_with_a_flow_that_fails() {
    let error = fails_elsewhere().run(&Config::default()).unwrap_err();
    assert!(matches!(error, Error::Raised { .. }), "{error:?}");
}
