//! `watermark`: values say when they happened, and one watermark counts for all keys.

use super::halves::{Stamper, StamperCx, StepClock, WatermarkTracker};
use super::least::Least;
use super::rows::Row;
use super::times::{GivesTime, IsTime};
use crate::base::clock::{Moment, Timestamp, micros};
use crate::base::data::Data;
use crate::base::witness::{If, Witness};
use crate::state::TimeDomain;
use crate::stream::OpState;
use crate::worker::WorkerCx;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// The clock by which values say themselves when they happened, with one watermark for all keys, after Flink.
///
/// Each partition of the source that feeds the step has a watermark: the newest time that it has had, less `wait`. The least of
/// them counts. It depends on the data alone: reading the same data again gives the same windows, however fast, and on any
/// number of workers.
///
/// A partition that has brought nothing holds the others back. With `idle = 1min` it is left out once it has been silent for so
/// long, by the flow's clock, until it brings something again; without it, until it ends. After stateless steps, `merge`, ports
/// and where several steps read one stream, the partitions of the sources are known. After a step that keeps state, a
/// `redistribute` and an `apply` they are not: there each worker stands for one partition, once it has sent a value.
///
/// `at` gives whatever [`IsTime`]; a value without a time is late. A value from a partition that is ahead may wait long for the
/// others, and a key leaves memory as soon as its windows are closed.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(char, Windowed<u64>)>) {
///         input("hits", iter([('a', 10), ('b', 20), ('a', 70), ('b', 65)]))
///             -> key_on("page", |(page, _)| *page)
///             -> count_window("count", clock = watermark(|(_, second)| second * 1_000_000, wait = 0s), windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// per_minute(out.clone()).run(&Config::default()).unwrap();
/// let mut windows: Vec<(i64, char)> = out.take().iter().map(|(page, window)| (window.id, *page)).collect();
/// windows.sort();
/// assert_eq!(windows, [(0, 'a'), (0, 'b'), (1, 'a'), (1, 'b')]);
/// ```
pub fn watermark<V, A, T: GivesTime<W>, W>(at: A, wait: Duration, idle: Option<Duration>) -> If<W, Watermark<V, A, T>>
where
    A: Fn(&V) -> T + 'static,
    W: Witness,
{
    let at = Rc::new(at);
    W::pass(Watermark { at, wait: micros(wait), idle: idle.map(micros), value: PhantomData })
}

/// The clock that [`watermark`] makes.
pub struct Watermark<V, A, T> {
    at: Rc<A>,
    wait: i64,
    idle: Option<i64>,
    value: PhantomData<fn(&V) -> T>,
}

impl<V: 'static, A: Fn(&V) -> T + 'static, T: IsTime + 'static> StepClock<V> for Watermark<V, A, T> {
    type Stamper = OfSender<A>;
    type Tracker = SharedTracker;

    #[allow(private_interfaces, reason = "only steps call it")]
    fn stamper(&self, StamperCx { op, worker }: StamperCx) -> OfSender<A> {
        let at = Rc::clone(&self.at);
        // The partitions are known once the operator is built.
        let least = Least::new(Vec::new());
        let watermark = Timestamp::MIN;
        OfSender { at, wait: self.wait, idle: self.idle, least, watermark, begins: true, ended: 0, op, worker }
    }

    fn tracker(self) -> SharedTracker {
        SharedTracker { idle: self.idle, least: Least::new(Vec::new()) }
    }
}

/// What travels with a value: its time, `MIN` where there is none, and its sender's watermark behind it.
type Stamp = (Timestamp, Timestamp);

/// Keeps the watermarks of the partitions that one operator reads.
pub struct OfSender<A> {
    at: Rc<A>,
    wait: i64,
    idle: Option<i64>,
    /// The newest time of each partition.
    least: Least,
    /// The least of them, less `wait`.
    watermark: Timestamp,
    /// True until a batch has brought something.
    begins: bool,
    /// How many partitions are known to have ended.
    ended: usize,
    op: Rc<OpState>,
    worker: Rc<WorkerCx>,
}

impl<A> OfSender<A> {
    #[inline(always)]
    fn follow(&mut self) {
        self.watermark = match self.least.get() {
            Timestamp::MIN => Timestamp::MIN,
            newest => Timestamp(newest.0.saturating_sub(self.wait)),
        };
    }

    /// A batch has brought something.
    #[cold]
    fn hear(&mut self) {
        self.begins = false;
        let partition = self.op.partition.get();
        self.know_partitions();
        if self.idle.is_some() {
            self.least.hear(partition, self.worker.clock.now());
        }
        self.least.turn_to(partition);
        self.follow();
    }

    fn know_partitions(&mut self) {
        // Where partitions are not known there is one.
        let partitions = self.op.partitions().map_or(1, |partitions| partitions.here);
        while self.least.len() < partitions {
            self.least.add();
        }
    }
}

impl<V, A: Fn(&V) -> T + 'static, T: IsTime> Stamper<V> for OfSender<A> {
    type Stamp = Stamp;

    fn begin(&mut self) {
        self.begins = true;
    }

    #[inline(always)]
    fn stamp(&mut self, value: &V) -> Stamp {
        if self.begins {
            self.hear();
        }
        // A value without a time moves nothing.
        let at = (self.at)(value).time().unwrap_or(Timestamp::MIN);
        if self.least.raise_last(at) {
            self.follow();
        }
        (at, self.watermark)
    }

    fn flush(&mut self) {
        self.know_partitions();
        if self.op.ended() != self.ended {
            self.ended = self.op.ended();
            let ended = (0..self.least.len()).filter(|partition| self.op.has_ended(*partition));
            ended.for_each(|partition| self.least.leave_out(partition));
        }
        let all_ended = self.op.partitions().is_some_and(|partitions| partitions.here == self.ended);
        if let Some(idle) = self.idle {
            self.least.leave_out_silent(Timestamp(self.worker.clock.now().0.saturating_sub(idle)));
        }
        self.follow();
        self.op.watermark.set(if all_ended { Timestamp::MAX } else { self.watermark });
    }
}

/// Keeps the watermark of all keys: the least of what the senders have told.
pub struct SharedTracker {
    idle: Option<i64>,
    least: Least,
}

impl WatermarkTracker for SharedTracker {
    type Stamp = Stamp;
    type Mark = ();
    type Row<K: Data, V: Data, S: Data> = Row<K, Stamp, V, S>;
    const OF_KEYS: bool = false;
    const HEARS: bool = true;
    const TIME_DOMAIN: TimeDomain = TimeDomain::Watermark;

    fn combines(&self) -> bool {
        // A silent sender is left out, whatever it has put together.
        self.idle.is_none()
    }

    #[inline(always)]
    fn times(stamp: &Stamp) -> Stamp {
        *stamp
    }

    fn senders(&mut self, from_start: Vec<bool>) {
        let so_far = self.least.get();
        self.least = Least::new(from_start);
        self.least.begin_at(so_far);
    }

    #[inline(always)]
    fn hears_row(&mut self, from: usize, (_, watermark): &Stamp) -> bool {
        self.least.raise(from, *watermark)
    }

    fn hears(&mut self, from: usize, watermark: Timestamp, now: &Moment) {
        self.least.hear(from, now.system);
        // The latest time there is says that nothing of this sender can hold the others back.
        match watermark {
            Timestamp::MAX => self.least.leave_out(from),
            _ => _ = self.least.raise(from, watermark),
        }
    }

    fn save(&self) -> Option<Timestamp> {
        Some(self.least.get()).filter(|least| *least != Timestamp::MIN)
    }

    fn restore(&mut self, saved: Timestamp) {
        self.least.begin_at(saved);
    }

    #[inline(always)]
    fn shared(&self) -> Timestamp {
        self.least.get()
    }

    fn wake_at(&self) -> Option<Timestamp> {
        Some(Timestamp(self.least.silent_since()?.0.saturating_add(self.idle?)))
    }

    fn on_wake(&mut self, now: &Moment) {
        if let Some(idle) = self.idle {
            self.least.leave_out_silent(Timestamp(now.system.0.saturating_sub(idle)));
        }
    }

    fn start(&self, _at_least: Timestamp, _now: &Moment) {}

    #[inline(always)]
    fn arrive(&self, _mark: &mut (), (at, _): &Stamp, _now: &Moment) -> Option<Timestamp> {
        (*at != Timestamp::MIN).then_some(*at)
    }

    #[inline(always)]
    fn watermark(&self, _mark: &(), _now: &Moment) -> Timestamp {
        self.least.get()
    }

    #[inline(always)]
    fn reaches(&self, _mark: &(), time: Timestamp) -> Option<Timestamp> {
        Some(time)
    }

    fn remember(&self) -> Duration {
        Duration::ZERO
    }
}
