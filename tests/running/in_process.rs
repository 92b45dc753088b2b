//! `Flow::run` from a program of one's own.

use super::program::free_addresses;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::testing::{TestSink, at_every_size};

dataflow! {
    flow counts(numbers: u64, out: TestSink<(u64, u64)>) {
        input("numbers", per_worker(move |worker, workers| (worker as u64..numbers).step_by(workers)))
            -> key_on(|n| n % 10)
            -> count_final("count")
            -> output("out", out);
    }
}

fn expected(numbers: u64) -> Vec<(u64, u64)> {
    (0..10).map(|key| (key, (0..numbers).filter(|n| n % 10 == key).count() as u64)).collect()
}

#[test]
fn on_one_and_more_workers() {
    at_every_size(|config| {
        let out = TestSink::new();
        counts(1234, out.clone()).run(config).unwrap();
        assert_eq!(out.sorted(), expected(1234));
    });
}

#[test]
fn flows_run_beside_each_other() {
    let outs: Vec<_> = (0..6).map(|_| TestSink::new()).collect();
    std::thread::scope(|scope| {
        for (at, out) in outs.iter().enumerate() {
            let flow = counts(1000 + at as u64, out.clone());
            scope.spawn(move || flow.run(&Config::default().workers(1 + at % 3)).unwrap());
        }
    });
    for (at, out) in outs.iter().enumerate() {
        assert_eq!(out.sorted(), expected(1000 + at as u64));
    }
}

#[test]
fn a_flow_runs_inside_a_step_of_another() {
    let (inner, out) = (TestSink::new(), TestSink::new());
    outer(inner.clone(), out.clone()).run(&Config::default()).unwrap();
    assert_eq!(out.take(), [10, 20]);
    assert_eq!(inner.take().len(), 20);
}

dataflow! {
    flow outer(inner: TestSink<(u64, u64)>, out: TestSink<u64>) {
        input("numbers", iter([10, 20u64]))
            -> inspect("inner", |n| _ = counts(*n, inner.clone()).run(&Config::default()).unwrap())
            -> output("out", out);
    }
}

#[test]
fn processes_of_a_cluster_may_be_threads_of_a_test() {
    let addresses = free_addresses(3);
    let outs: Vec<_> = addresses.iter().map(|_| TestSink::new()).collect();
    std::thread::scope(|scope| {
        for (process, out) in outs.iter().enumerate() {
            let config = Config::default().workers(2).cluster(process, addresses.clone());
            let flow = counts(5000, out.clone());
            scope.spawn(move || flow.run(&config).unwrap());
        }
    });
    let parts: Vec<_> = outs.iter().map(TestSink::take).collect();
    assert!(parts.iter().all(|part| part.len() < 10));
    let mut all = parts.concat();
    all.sort();
    assert_eq!(all, expected(5000));
}

/// Says how many items each worker got.
#[derive(Clone)]
struct Summing;

struct SummingWriter {
    worker: usize,
    items: usize,
}

impl<T> Sink<T> for Summing {
    type Writer = SummingWriter;

    fn open(&self, cx: &SinkCx) -> Result<SummingWriter, Fault> {
        Ok(SummingWriter { worker: cx.worker, items: 0 })
    }
}

impl<T> Writer<T> for SummingWriter {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        self.items += items.drain(..).count();
        Ok(())
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }

    fn summary(&self) -> Option<String> {
        Some(format!("worker {} got {}", self.worker, self.items))
    }
}

dataflow! {
    flow summed(out: Summing) {
        sides = input("numbers", per_worker(|worker, _| 0..10 * (1 + worker as u64))) -> branch(|n| n % 2 == 0);
        sides.trues -> output("even", out);
        sides.falses -> output("all_odd", out);
    }
}

#[test]
fn the_report_has_what_each_output_says_worker_by_worker() {
    let report = summed(Summing).run(&Config::default().workers(2)).unwrap();
    let expected = [
        ("all_odd", "worker 0 got 5"),
        ("all_odd", "worker 1 got 10"),
        ("even", "worker 0 got 5"),
        ("even", "worker 1 got 10"),
    ];
    assert_eq!(report.outputs, expected.map(|(step, text)| (step.to_string(), text.to_string())));
}
