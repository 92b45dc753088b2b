//! `system_time`: values happen when they arrive.

use super::halves::{Stamper, StamperCx, StepClock, WatermarkTracker};
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::Data;
use crate::state::TimeDomain;
use std::cell::Cell;
use std::time::Duration;

/// The clock by which a value happens when it arrives at the window step: nothing is ever late.
///
/// The watermark is the flow's clock; where that is set back, the watermark stays.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow per_minute(out: TestSink<(bool, Windowed<u64>)>) {
///         input("numbers", iter(1..=4))
///             -> key_on("even", |n| n % 2 == 0)
///             -> count_window("count", clock = system_time(), windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// let clock = Clock::manual(Timestamp(90_000_000));
/// per_minute(out.clone()).run(&Config::default().clock(clock)).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(1, 2), (1, 2)]);
/// ```
#[must_use]
pub fn system_time() -> SystemTimeClock {
    SystemTimeClock(())
}

/// The clock that [`system_time`] makes.
#[derive(Debug, Clone, Copy)]
pub struct SystemTimeClock(());

impl<V: 'static> StepClock<V> for SystemTimeClock {
    type Stamper = Unstamped;
    type Tracker = SystemTimeTracker;

    #[allow(private_interfaces, reason = "only steps call it")]
    fn stamper(&self, _at: StamperCx) -> Unstamped {
        Unstamped(())
    }

    fn tracker(self) -> SystemTimeTracker {
        SystemTimeTracker { latest: Cell::new(Timestamp::MIN) }
    }
}

/// Leaves values as they are: they have their time from where they arrive.
pub struct Unstamped(());

impl<V> Stamper<V> for Unstamped {
    type Stamp = ();

    #[inline(always)]
    fn stamp(&mut self, _value: &V) {}
}

/// Keeps the watermark of all keys: the flow's clock.
pub struct SystemTimeTracker {
    /// The latest time at which it was asked: where the clock is set back, the watermark stays.
    latest: Cell<Timestamp>,
}

impl SystemTimeTracker {
    #[inline(always)]
    fn at(&self, now: &Moment) -> Timestamp {
        let latest = now.system.max(self.latest.get());
        self.latest.set(latest);
        latest
    }
}

impl WatermarkTracker for SystemTimeTracker {
    type Stamp = ();
    type Mark = ();
    type Row<K: Data, V: Data, S: Data> = ((), V);
    const OF_KEYS: bool = false;
    const HEARS: bool = false;
    const TIME_DOMAIN: TimeDomain = TimeDomain::System;

    fn begin(&mut self, now: &Moment) {
        self.at(now);
    }

    #[inline(always)]
    fn time_of(&self, (): &()) -> Timestamp {
        self.latest.get()
    }

    fn save(&self) -> Option<Timestamp> {
        Some(self.latest.get()).filter(|latest| *latest != Timestamp::MIN)
    }

    fn restore(&mut self, saved: Timestamp) {
        self.latest.set(saved.max(self.latest.get()));
    }

    #[inline(always)]
    fn shared(&self) -> Timestamp {
        self.latest.get()
    }

    fn start(&self, _at_least: Timestamp, _now: &Moment) {}

    #[inline(always)]
    fn arrive(&self, _mark: &mut (), _stamp: &(), now: &Moment) -> Option<Timestamp> {
        Some(self.at(now))
    }

    #[inline(always)]
    fn watermark(&self, _mark: &(), now: &Moment) -> Timestamp {
        self.at(now)
    }

    #[inline(always)]
    fn reaches(&self, _mark: &(), time: Timestamp) -> Option<Timestamp> {
        Some(time)
    }

    fn remember(&self) -> Duration {
        Duration::ZERO
    }
}
