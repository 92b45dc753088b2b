//! `stateful` with logics of their own: timers, the end of epochs, the end of the input.

use super::common::Remote;
use super::{lockstep, of};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// Follows orders, and says what it is called for.
#[derive(Clone)]
struct Obedient;

/// What a value asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Order {
    /// Set the timer to this many milliseconds.
    Wake(i64),
    /// Cancel the timer.
    Cancel,
    /// Forget the key.
    Forget,
    /// Say nothing.
    Stay,
}

type Said = String;

impl Logic<u64, Order> for Obedient {
    type State = (u64, Option<Timestamp>);
    type Out = Said;

    fn start(&self, _key: &u64) -> Self::State {
        (0, None)
    }

    fn on_value(
        &self,
        _: &u64,
        (calls, at): &mut Self::State,
        order: Order,
        now: Timestamp,
        emit: &mut impl FnMut(Said),
    ) -> After {
        *calls += 1;
        match order {
            Order::Wake(ms) => *at = Some(Timestamp(ms * 1000)),
            Order::Cancel => *at = None,
            Order::Forget => return After::Forget,
            Order::Stay => {}
        }
        emit(format!("value {calls} at {}", now.0 / 1000));
        After::Keep
    }

    fn notify_at(&self, _key: &u64, (_, at): &Self::State) -> Option<Timestamp> {
        *at
    }

    fn on_notify(&self, _: &u64, (calls, at): &mut Self::State, now: Timestamp, emit: &mut impl FnMut(Said)) -> After {
        let due = at.take().unwrap();
        assert!(due <= now);
        emit(format!("notify {calls} at {}", now.0 / 1000));
        After::Keep
    }

    fn on_eof(&self, _: &u64, (calls, _): &mut Self::State, emit: &mut impl FnMut(Said)) -> After {
        emit(format!("eof {calls}"));
        emit("bye".into());
        After::Keep
    }
}

dataflow! {
    flow obeyed(orders: TestSource<(u64, Order)>, out: TestSink<(u64, Said)>) {
        input("orders", orders) -> stateful("obey", Obedient) -> output("out", out);
    }
}

/// What each key said, for a script of one source.
fn said(config: &Config, script: impl IntoIterator<Item = Entry<(u64, Order)>>, keys: &[u64]) -> Vec<Vec<Said>> {
    let out = TestSink::new();
    obeyed(TestSource::script(script), out.clone()).run(&lockstep(config)).unwrap();
    let rows = out.take();
    assert_eq!(rows.len(), keys.iter().map(|key| of(&rows, *key).len()).sum::<usize>());
    keys.iter().map(|key| of(&rows, *key)).collect()
}

fn order(key: u64, order: Order) -> Entry<(u64, Order)> {
    Entry::Items(vec![(key, order)])
}

fn pause(ms: u64) -> Entry<(u64, Order)> {
    Entry::Advance(Duration::from_millis(ms))
}

#[test]
fn a_timer_fires_once_when_its_moment_has_come() {
    at_every_size(|config| {
        let script = [
            order(1, Order::Wake(300)),
            order(2, Order::Wake(500)),
            pause(299),
            order(1, Order::Stay),
            pause(1),
            pause(50),
            order(1, Order::Stay),
            pause(1000),
        ];
        let said = said(config, script, &[1, 2]);
        assert_eq!(said[0], ["value 1 at 0", "value 2 at 299", "notify 2 at 300", "value 3 at 350", "eof 3", "bye"]);
        assert_eq!(said[1], ["value 1 at 0", "notify 1 at 1350", "eof 1", "bye"]);
    });
}

#[test]
fn a_timer_that_was_cancelled_or_moved_does_not_fire_at_its_old_moment() {
    at_every_size(|config| {
        let script = [
            order(1, Order::Wake(300)),
            order(2, Order::Wake(300)),
            order(3, Order::Wake(300)),
            order(1, Order::Cancel),
            order(2, Order::Wake(700)),
            order(3, Order::Wake(100)),
            pause(100),
            pause(200),
            pause(399),
            pause(1),
            order(1, Order::Wake(900)),
            pause(200),
        ];
        let said = said(config, script, &[1, 2, 3]);
        assert_eq!(said[0], ["value 1 at 0", "value 2 at 0", "value 3 at 700", "notify 3 at 900", "eof 3", "bye"]);
        assert_eq!(said[1], ["value 1 at 0", "value 2 at 0", "notify 2 at 700", "eof 2", "bye"]);
        assert_eq!(said[2], ["value 1 at 0", "value 2 at 0", "notify 2 at 100", "eof 2", "bye"]);
    });
}

#[test]
fn a_timer_goes_with_its_key() {
    at_every_size(|config| {
        let script = [
            order(1, Order::Wake(300)),
            order(1, Order::Forget),
            order(1, Order::Stay),
            pause(300),
            order(2, Order::Wake(600)),
            order(2, Order::Forget),
            pause(300),
        ];
        let said = said(config, script, &[1, 2]);
        assert_eq!(said[0], ["value 1 at 0", "value 1 at 0", "eof 1", "bye"]);
        assert_eq!(said[1], ["value 1 at 300"]);
    });
}

#[test]
fn a_timer_of_the_past_fires_before_the_next_value() {
    at_every_size(|config| {
        let script = [pause(1000), order(1, Order::Wake(400)), order(1, Order::Stay)];
        let said = said(config, script, &[1]);
        assert_eq!(said[0], ["value 1 at 1000", "notify 1 at 1000", "value 2 at 1000", "eof 2", "bye"]);
    });
}

dataflow! {
    flow telling(orders: Remote<(u64, Order)>, tell: Sender<Said>) {
        input("orders", orders)
            -> stateful("obey", Obedient)
            -> inspect(|(_, said)| tell.send(said.clone()).unwrap())
            -> output("out", TestSink::new());
    }
}

#[test]
fn timers_fire_on_an_idle_flow() {
    // Only the test moves the clock: the source has nothing to read, and nothing else wakes the worker.
    at_every_size(|config| {
        let clock = Clock::manual(Timestamp(0));
        let config = config.clone().clock(clock.clone());
        let (orders, (tell, told)) = (Remote::new(), channel());
        let flow = telling(orders.clone(), tell);
        let running = std::thread::spawn(move || flow.run(&config));
        orders.send((1, Order::Wake(300)));
        orders.send((2, Order::Wake(300)));
        assert_eq!([told.recv().unwrap(), told.recv().unwrap()], ["value 1 at 0", "value 1 at 0"]);
        clock.advance(Duration::from_millis(299));
        clock.advance(Duration::from_millis(1));
        assert_eq!([told.recv().unwrap(), told.recv().unwrap()], ["notify 1 at 300", "notify 1 at 300"]);
        orders.end();
        running.join().unwrap().unwrap();
        let mut last: Vec<_> = told.try_iter().collect();
        last.sort();
        assert_eq!(last, ["bye", "bye", "eof 1", "eof 1"]);
    });
}

/// Says at the end of each epoch what it brought, and at the end of the input how many epochs there were.
struct PerEpoch;

impl Logic<u64, u64> for PerEpoch {
    type State = (Vec<u64>, u64);
    type Out = (&'static str, Vec<u64>);
    const EACH_EPOCH: bool = true;

    fn start(&self, _key: &u64) -> Self::State {
        (Vec::new(), 0)
    }

    fn on_value(
        &self,
        _: &u64,
        (values, _): &mut Self::State,
        value: u64,
        _: Timestamp,
        _: &mut impl FnMut(Self::Out),
    ) -> After {
        values.push(value);
        After::Keep
    }

    fn on_epoch_end(&self, key: &u64, (values, epochs): &mut Self::State, emit: &mut impl FnMut(Self::Out)) -> After {
        *epochs += 1;
        emit(("epoch", std::mem::take(values)));
        if *key == 2 && *epochs == 2 { After::Forget } else { After::Keep }
    }

    fn on_eof(&self, _: &u64, (_, epochs): &mut Self::State, emit: &mut impl FnMut(Self::Out)) -> After {
        emit(("eof", vec![*epochs]));
        After::Forget
    }
}

dataflow! {
    flow per_epoch(numbers: TestSource<(u64, u64)>, out: TestSink<(u64, (&'static str, Vec<u64>))>) {
        input("numbers", numbers) -> stateful("per_epoch", PerEpoch) -> output("out", out);
    }
}

#[test]
fn every_key_hears_of_the_end_of_each_epoch() {
    at_every_size(|config| {
        let out = TestSink::new();
        let next = || Entry::Advance(Duration::from_secs(10));
        let source = TestSource::script([
            Entry::Items(vec![(1, 10), (2, 20), (1, 11)]),
            next(),
            Entry::Items(vec![(1, 12)]),
            next(),
            Entry::Items(vec![(2, 21)]),
        ]);
        per_epoch(source, out.clone()).run(&lockstep(config)).unwrap();
        let rows = out.take();
        assert_eq!(of(&rows, 1), [("epoch", vec![10, 11]), ("epoch", vec![12]), ("epoch", vec![]), ("eof", vec![3])]);
        assert_eq!(of(&rows, 2), [("epoch", vec![20]), ("epoch", vec![]), ("epoch", vec![21]), ("eof", vec![1])]);
    });
}

/// Sends what it has to the next step only at the end.
#[derive(Clone)]
struct Last;

impl Logic<u64, u64> for Last {
    type State = u64;
    type Out = u64;

    fn start(&self, _key: &u64) -> u64 {
        0
    }

    fn on_value(&self, _: &u64, last: &mut u64, value: u64, _: Timestamp, _: &mut impl FnMut(u64)) -> After {
        *last = value;
        After::Keep
    }

    fn on_eof(&self, _: &u64, last: &mut u64, emit: &mut impl FnMut(u64)) -> After {
        emit(*last);
        After::Keep
    }
}

dataflow! {
    flow one_after_the_other(out: TestSink<(u64, Vec<u64>)>) {
        input("numbers", iter((0..100u64).map(|n| (n % 20, n))))
            -> stateful("first", Last)
            -> map(|(key, n)| (key % 4, n))
            -> stateful("second", Last)
            -> map(|(key, n)| (key % 2, n))
            -> fold_final("all", Vec::new, |mut all: Vec<u64>, n| { all.push(n); all })
            -> map_value(|mut all| { all.sort(); all })
            -> output("out", out);
    }
}

#[test]
fn what_one_step_emits_at_the_end_the_next_gets_before_its_own_end() {
    at_every_size(|config| {
        let out = TestSink::new();
        one_after_the_other(out.clone()).run(config).unwrap();
        let rows = out.sorted();
        assert_eq!(rows.len(), 2);
        assert!(
            rows.iter().all(|(key, all)| all.len() == 2 && all.iter().all(|n| n % 2 == *key && (80..100).contains(n))),
            "{rows:?}"
        );
    });
}
