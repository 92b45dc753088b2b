//! What an epoch brought, over all workers and on each.

use super::{lockstep, of};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::time::Duration;

dataflow! {
    flow sums(a: TestSource<(u64, u64)>, everywhere: TestSink<(u64, u64)>, here: TestSink<(u64, u64)>, epochs: TestSink<(u64, u64)>) {
        numbers = input("numbers", a);
        numbers -> reduce_epoch("sum", |a, b| a + b)
            -> inspect_epoch("of_epoch", |epoch, row| of_epoch(&epochs, epoch, row.1))
            -> output("everywhere", everywhere);
        numbers -> reduce_epoch_local("sum_here", |a, b| a + b) -> output("here", here);
    }
}

fn of_epoch(epochs: &TestSink<(u64, u64)>, epoch: u64, sum: u64) {
    use flowstone::sink::{Sink, SinkCx, Writer};
    let cx = SinkCx::new("epochs", 0, 1);
    epochs.open(&cx).unwrap().write_batch(&mut vec![(epoch, sum)]).unwrap();
}

fn next_epoch() -> Entry<(u64, u64)> {
    Entry::Advance(Duration::from_secs(10))
}

#[test]
fn each_epoch_has_a_sum_of_its_own() {
    at_every_size(|config| {
        let (everywhere, here, epochs) = (TestSink::new(), TestSink::new(), TestSink::new());
        let source = TestSource::script([
            Entry::Items(vec![(1, 1), (2, 10), (1, 2)]),
            Entry::Items(vec![(1, 4)]),
            next_epoch(),
            Entry::Items(vec![(1, 8)]),
            next_epoch(),
            next_epoch(),
            Entry::Items(vec![(2, 20), (1, 16), (1, 32)]),
        ]);
        sums(source, everywhere.clone(), here.clone(), epochs.clone()).run(&lockstep(config)).unwrap();
        let (everywhere, here) = (everywhere.take(), here.take());
        assert_eq!((of(&everywhere, 1), of(&everywhere, 2)), (vec![7, 8, 48], vec![10, 20]));
        assert_eq!((of(&here, 1), of(&here, 2)), (vec![7, 8, 48], vec![10, 20]));
        assert_eq!(epochs.sorted(), [(0, 7), (0, 10), (1, 8), (3, 20), (3, 48)]);
    });
}

/// A script a worker, in each of which the same epochs bring something.
fn on_all_workers(workers: u64) -> TestSource<(u64, u64)> {
    let script = |worker: u64| {
        [Entry::Items(vec![(1, 1 + worker), (1, 100)]), Entry::Items(vec![(worker + 10, 1), (worker + 10, 1)])]
    };
    (1..workers).fold(TestSource::script(script(0)), |source, worker| source.and(script(worker)))
}

#[test]
fn the_sum_of_an_epoch_is_over_all_workers_or_of_each() {
    for workers in [1, 2, 4] {
        let (everywhere, here, epochs) = (TestSink::new(), TestSink::new(), TestSink::new());
        // The clock stands: there is one epoch.
        let config = lockstep(&Config::default().workers(workers as usize));
        sums(on_all_workers(workers), everywhere.clone(), here.clone(), epochs).run(&config).unwrap();
        let own = (0..workers).map(|worker| (worker + 10, 2));
        let sum = (1, (0..workers).map(|worker| 101 + worker).sum());
        assert_eq!(everywhere.sorted(), [sum].into_iter().chain(own.clone()).collect::<Vec<_>>());
        let each = (0..workers).map(|worker| (1, 101 + worker));
        assert_eq!(here.sorted(), each.chain(own).collect::<Vec<_>>());
    }
}

dataflow! {
    flow sums_of_sums(a: TestSource<(u64, u64)>, out: TestSink<(u64, u64)>) {
        input("numbers", a)
            -> reduce_epoch("sum", |a, b| a + b)
            -> map(|(_, sum)| (0, sum))
            -> reduce_epoch_local("here", |a, b| a + b)
            -> reduce_epoch("all", |a, b| a + b)
            -> output("out", out);
    }
}

#[test]
fn sums_of_an_epoch_are_of_the_same_epoch() {
    at_every_size(|config| {
        let out = TestSink::new();
        let source = TestSource::script([
            Entry::Items((0..50).map(|n| (n, 1)).collect()),
            next_epoch(),
            Entry::Items((0..20).map(|n| (n, 1)).collect()),
            Entry::Items((0..20).map(|n| (n, 1)).collect()),
            next_epoch(),
            Entry::Items(vec![(7, 7)]),
        ]);
        sums_of_sums(source, out.clone()).run(&lockstep(config)).unwrap();
        assert_eq!(of(&out.take(), 0), [50, 40, 7]);
    });
}

#[test]
fn epochs_of_one_batch() {
    at_every_size(|config| {
        let out = TestSink::new();
        let source = TestSource::script((0..20).map(|n| Entry::Items(vec![(n, 1), (n + 1, 1), (n, 1)])));
        sums_of_sums(source, out.clone()).run(&config.clone().snapshot_interval(Duration::ZERO)).unwrap();
        assert_eq!(of(&out.take(), 0), [3; 20]);
    });
}
