//! However slow a sink is, what is under way stays bounded.

use super::common::Remote;
use flowstone::bound::Bounded;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// What was emitted, what was taken, and the most that was under way between the two.
#[derive(Debug, Default)]
struct Gauge {
    emitted: AtomicU64,
    taken: AtomicU64,
    most: AtomicU64,
}

impl Gauge {
    fn emit(&self) {
        let emitted = self.emitted.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(emitted - self.taken.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

/// Keeps the processor busy. What is measured is how much is under way, whatever the speed of the machine.
fn work(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// The numbers below `items`, each at some cost, at most `batch` at a time, on the last worker.
#[derive(Clone)]
struct Busy {
    items: u64,
    batch: usize,
    cost: Duration,
    gauge: Arc<Gauge>,
}

struct BusyReader {
    source: Busy,
    read: u64,
}

impl Source for Busy {
    type Item = u64;
    type Bound = Bounded;
    type Reader = BusyReader;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::EveryWorker)
    }

    fn open(&self, _: &str, _: Option<u64>, cx: &SourceCx) -> Result<BusyReader, Fault> {
        let items = if cx.worker + 1 == cx.workers { self.items } else { 0 };
        Ok(BusyReader { source: Busy { items, ..self.clone() }, read: 0 })
    }
}

impl Reader for BusyReader {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        for _ in 0..budget.min(self.source.batch) {
            if self.read == self.source.items {
                return Ok(Next::End);
            }
            work(self.source.cost);
            self.source.gauge.emit();
            emit(self.read);
            self.read += 1;
        }
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.read
    }
}

/// Takes its time for each item.
#[derive(Clone)]
struct Slow {
    cost: Duration,
    gauge: Arc<Gauge>,
}

impl<T: 'static> Sink<T> for Slow {
    type Writer = Slow;

    fn open(&self, _: &SinkCx) -> Result<Slow, Fault> {
        Ok(self.clone())
    }
}

impl<T> Writer<T> for Slow {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        for _ in items.drain(..) {
            work(self.cost);
            self.gauge.taken.fetch_add(1, Ordering::SeqCst);
        }
        Ok(())
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }
}

dataflow! {
    flow direct(source: Busy, out: Slow) {
        input("busy", source) -> map(|n| n + 1) -> output("slow", out);
    }

    flow exchanged(source: Busy, idle: Remote<u64>, last: u64, out: Slow) {
        busy = input("busy", source);
        other = input("idle", idle.clone());
        merge(busy, other)
            -> key_on(|n| n % 64)
            -> stateful_map("count", |count: &mut Option<u64>, n| { *count.get_or_insert(0) += 1; n })
            -> map_value(|n| { if n == last { idle.end() } })
            -> redistribute()
            -> output("slow", out);
    }
}

const ITEMS: u64 = 120_000;
/// Each of the few ticks that may be under way lasts about a millisecond, and each item costs the source 200 ns of it.
const SOURCE: Duration = Duration::from_nanos(200);
const SINK: Duration = Duration::from_nanos(1_500);
const BOUND: u64 = 50_000;

#[test]
fn a_slow_sink_holds_its_source_back() {
    let gauge = Arc::new(Gauge::default());
    let source = Busy { items: ITEMS, batch: usize::MAX, cost: SOURCE, gauge: Arc::clone(&gauge) };
    direct(source, Slow { cost: SINK, gauge: Arc::clone(&gauge) }).run(&Config::default()).unwrap();
    check(&gauge);
}

#[test]
fn a_slow_sink_on_another_worker_holds_a_source_back_beside_an_idle_one() {
    for workers in [2, 4] {
        let gauge = Arc::new(Gauge::default());
        let source = Busy { items: ITEMS, batch: usize::MAX, cost: SOURCE, gauge: Arc::clone(&gauge) };
        // The idle source is on the first worker, the busy one on the last; the sinks of all are slow.
        let sink = Slow { cost: SINK * workers, gauge: Arc::clone(&gauge) };
        let config = Config::default().workers(workers as usize);
        exchanged(source, Remote::new(), ITEMS - 1, sink).run(&config).unwrap();
        check(&gauge);
    }
}

fn check(gauge: &Gauge) {
    assert_eq!(gauge.taken.load(Ordering::SeqCst), ITEMS);
    let most = gauge.most.load(Ordering::SeqCst);
    assert!(most < BOUND, "{most} of {ITEMS} items were under way");
}

#[test]
fn few_batches_are_under_way_when_each_is_an_epoch() {
    for workers in [1, 2, 4] {
        let gauge = Arc::new(Gauge::default());
        let source = Busy { items: 3_000, batch: 10, cost: Duration::ZERO, gauge: Arc::clone(&gauge) };
        let config = Config::default().workers(workers).snapshot_interval(Duration::ZERO);
        exchanged(source, Remote::new(), 2_999, Slow { cost: Duration::from_micros(20), gauge: Arc::clone(&gauge) })
            .run(&config)
            .unwrap();
        assert_eq!(gauge.taken.load(Ordering::SeqCst), 3_000);
        let most = gauge.most.load(Ordering::SeqCst);
        // Of each worker's writer at most 32 batches wait, and few are on their way there.
        assert!(most <= 320 * workers as u64 + 60, "{most} items were under way, in batches of 10");
    }
}
