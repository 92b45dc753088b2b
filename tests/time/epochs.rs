//! Epochs go by the clock, and what belongs to one is committed together.

use flowstone::clock::Clock;
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::time::Duration;

dataflow! {
    flow written(source: TestSource<u64>, out: TestSink<u64>) {
        input("numbers", source) -> output("out", out);
    }

    flow with_state(source: TestSource<u64>, epochs: TestSink<(u64, u64)>, out: TestSink<(u64, u64)>) {
        input("numbers", source)
            -> redistribute()
            -> key_on(|n| n % 3)
            -> stateful_map("count", |count: &mut Option<u64>, _| *count.insert(count.unwrap_or(0) + 1))
            -> inspect_epoch("seen", |epoch, (key, count)| keep(&epochs, (epoch, *key * 1000 + count)))
            -> output("out", out);
    }
}

/// Keeps something for the test, from inside a flow.
fn keep<T: Clone + Send + 'static>(kept: &TestSink<T>, item: T) {
    use flowstone::sink::{Sink, SinkCx, Writer};
    let cx = SinkCx::new("kept", 0, 1);
    kept.open(&cx).unwrap().write_batch(&mut vec![item]).unwrap();
}

fn on_a_manual_clock(config: &Config) -> Config {
    config.clone().lockstep().clock(Clock::manual(Timestamp(1_000_000)))
}

fn seconds(seconds: u64) -> Entry<u64> {
    Entry::Advance(Duration::from_secs(seconds))
}

#[test]
fn a_sink_commits_each_epoch_that_brought_something() {
    let out = TestSink::new();
    let source = TestSource::script([
        Entry::Items(vec![1, 2]),
        seconds(9),
        Entry::Items(vec![3]),
        seconds(1), // epoch 1
        Entry::Items(vec![4, 5, 6, 7]),
        seconds(20), // epoch 3
        Entry::Items(vec![8]),
        seconds(3),
        Entry::Items(vec![9]),
        seconds(60), // epoch 9, of which nothing comes
    ]);
    written(source, out.clone()).run(&on_a_manual_clock(&Config::default())).unwrap();
    assert_eq!(out.commits(), [(0, 0, 3), (0, 1, 4), (0, 3, 2)]);
    assert_eq!(out.take_committed(), (1..10).collect::<Vec<_>>());
}

#[test]
fn the_interval_is_the_one_of_the_configuration() {
    let out = TestSink::new();
    let script = [Entry::Items(vec![1]), seconds(1), Entry::Items(vec![2]), seconds(3), Entry::Items(vec![3])];
    let config = on_a_manual_clock(&Config::default()).snapshot_interval(Duration::from_millis(1500));
    written(TestSource::script(script), out.clone()).run(&config).unwrap();
    assert_eq!(out.commits(), [(0, 0, 2), (0, 2, 1)]);
}

#[test]
fn a_clock_that_goes_back_ends_no_epoch() {
    let out = TestSink::new();
    let source = TestSource::script([
        seconds(25),
        Entry::Items(vec![1]),
        Entry::SetClock(Timestamp(0)),
        Entry::Items(vec![2]),
        seconds(10),
        Entry::Items(vec![3]),
        seconds(26),
        Entry::Items(vec![4]),
    ]);
    written(source, out.clone()).run(&on_a_manual_clock(&Config::default())).unwrap();
    assert_eq!(out.commits(), [(0, 2, 3), (0, 3, 1)]);
}

#[test]
fn items_keep_their_epoch_on_their_way() {
    at_every_size(|config| {
        let (epochs, out) = (TestSink::new(), TestSink::new());
        let source = TestSource::script([
            Entry::Items(vec![0, 1, 2]),
            seconds(10),
            Entry::Items(vec![0, 1]),
            seconds(10),
            Entry::Items(vec![1, 2]),
        ]);
        with_state(source, epochs.clone(), out.clone()).run(&on_a_manual_clock(config)).unwrap();
        assert_eq!(epochs.sorted(), [(0, 1), (0, 1001), (0, 2001), (1, 2), (1, 1002), (2, 1003), (2, 2002)]);
        let mut commits = vec![0; 3];
        for (_, epoch, items) in out.commits() {
            commits[epoch as usize] += items;
        }
        assert_eq!(commits, [3, 2, 2]);
    });
}

dataflow! {
    flow two_sources(a: TestSource<u64>, b: TestSource<u64>, order: TestSink<u64>, out: TestSink<(u64, u64)>) {
        a = input("a", a);
        b = input("b", b);
        merge(a, b)
            -> key_on(|_| 0)
            -> stateful_map("order", |count: &mut Option<u64>, n| { *count.get_or_insert(0) += 1; n })
            -> inspect(|(_, n)| keep(&order, *n))
            -> output("out", out);
    }
}

#[test]
fn items_of_a_later_epoch_wait_until_the_one_before_has_ended() {
    // On two workers, the first source is far ahead in time: its second batch is of an epoch that the second source has
    // not reached, as the clock was moved between.
    for workers in [1, 2] {
        let (order, out) = (TestSink::new(), TestSink::new());
        let a = TestSource::script([Entry::Items(vec![1]), seconds(10), Entry::Items(vec![101]), seconds(10)]);
        let b = TestSource::script([Entry::Items(vec![2, 3]), Entry::Items(vec![4])]);
        let config = on_a_manual_clock(&Config::default().workers(workers));
        two_sources(a, b, order.clone(), out.clone()).run(&config).unwrap();
        assert_eq!(order.sorted(), [1, 2, 3, 4, 101]);
        // However batches of the two fell into epochs, each epoch's items came before those of the next.
        let epochs: Vec<u64> = out.commits().into_iter().map(|(_, epoch, _)| epoch).collect();
        assert!(epochs.is_sorted(), "{epochs:?}");
        assert_eq!(out.take_committed().len(), 5);
    }
}

/// Every worker has a busy source, or only one has.
fn scripts(busy: usize, workers: usize) -> TestSource<u64> {
    let script =
        |worker: usize| (0..if worker < busy { 30 } else { 0 }).map(move |n| Entry::Items(vec![n, n + worker as u64]));
    (1..workers).fold(TestSource::script(script(0)), |source, worker| source.and(script(worker)))
}

#[test]
fn an_interval_of_zero_makes_every_batch_an_epoch() {
    let out = TestSink::new();
    let source = TestSource::script((0..5).map(|n| Entry::Items(vec![n; 1 + n as usize])));
    let config = Config::default().snapshot_interval(Duration::ZERO);
    written(source, out.clone()).run(&config).unwrap();
    assert_eq!(out.commits(), [(0, 0, 1), (0, 1, 2), (0, 2, 3), (0, 3, 4), (0, 4, 5)]);
}

#[test]
fn epochs_of_one_batch_come_to_an_end_on_several_workers() {
    for (busy, workers) in [(1, 1), (1, 2), (2, 2), (1, 4), (3, 4), (4, 4)] {
        let (epochs, out) = (TestSink::new(), TestSink::new());
        let config = Config::default().workers(workers).snapshot_interval(Duration::ZERO);
        with_state(scripts(busy, workers), epochs.clone(), out.clone()).run(&config).unwrap();
        assert_eq!(out.take_committed().len(), 60 * busy);
        let epochs: Vec<u64> = epochs.sorted().into_iter().map(|(epoch, _)| epoch).collect();
        assert!(epochs.iter().all(|epoch| *epoch < 30 * busy as u64 + 30), "{epochs:?}");
        assert!(epochs.len() == 60 * busy && epochs[0] == 0);
    }
}

dataflow! {
    flow busy_and_idle(busy: TestSource<u64>, idle: super::common::Remote<u64>, end_at: u64, out: TestSink<(u64, u64)>) {
        other = input("idle", idle.clone());
        all = input("busy", busy);
        merge(all, other)
            -> inspect(|n| if *n == end_at { idle.end() })
            -> key_on(|n| n % 3)
            -> stateful_map("count", |count: &mut Option<u64>, _| *count.insert(count.unwrap_or(0) + 1))
            -> output("out", out);
    }
}

#[test]
fn a_busy_source_does_not_wait_for_an_idle_one() {
    // The idle source ends when the last item of the busy one has been through: it gets there only if epochs and ticks
    // move on without the idle one having anything to read. More batches than may be under way at a time.
    for interval in [Duration::ZERO, Duration::from_secs(10)] {
        for lockstep in [false, true] {
            at_every_size(|config| {
                let config = config.clone().snapshot_interval(interval);
                let config = if lockstep { config.lockstep() } else { config };
                let out = TestSink::new();
                // Behind empty scripts, the busy one belongs to the last worker.
                let idle = TestSource::script([]).and([]).and([]).and((0..50).map(|n| Entry::Items(vec![n])));
                busy_and_idle(idle, super::common::Remote::new(), 49, out.clone()).run(&config).unwrap();
                assert_eq!(out.take_committed().len(), 50);
            });
        }
    }
}
