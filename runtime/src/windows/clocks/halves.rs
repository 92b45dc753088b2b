//! The two halves of a clock: what stamps values where they are made, and what keeps watermarks where they arrive.

use super::clock::{Timeline, WindowClock};
use super::rows::WindowRow;
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::Data;
use crate::state;
use crate::stream::OpState;
use crate::worker::WorkerCx;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// A clock for values `V`, as the operators have it.
#[doc(hidden)]
pub trait StepClock<V>: 'static {
    /// The half that goes into the operator which makes the values.
    #[allow(private_bounds, reason = "only steps call it")]
    type Stamper: Stamper<V>;
    /// The half that goes into the window step's own operator.
    #[allow(private_bounds, reason = "only steps call it")]
    type Tracker: WatermarkTracker<Stamp = <Self::Stamper as Stamper<V>>::Stamp>;

    /// The first half, for one of the operators that make the values.
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "only steps call it")]
    fn stamper(&self, at: StamperCx) -> Self::Stamper;

    /// The second half.
    #[doc(hidden)]
    fn tracker(self) -> Self::Tracker;
}

/// Where values are stamped.
pub(crate) struct StamperCx {
    /// The operator that makes them.
    pub(crate) op: Rc<OpState>,
    pub(crate) worker: Rc<WorkerCx>,
}

/// Stamps values where they are made.
pub(crate) trait Stamper<V>: 'static {
    /// What travels with each value.
    type Stamp: Data;

    /// A batch begins, of values of one partition.
    fn begin(&mut self) {}

    fn stamp(&mut self, value: &V) -> Self::Stamp;

    /// The end of a batch.
    fn flush(&mut self) {}
}

/// Keeps watermarks, one a key or one for all.
pub(crate) trait WatermarkTracker: 'static {
    type Stamp: Data;
    type Mark: Data;
    /// What travels with a key.
    type Row<K: Data, V: Data, S: Data>: WindowRow<K, Self::Stamp, V, S>;

    /// True where each key has a watermark of its own.
    const OF_KEYS: bool;
    /// True where rows carry watermarks.
    const HEARS: bool;
    /// By which time the timers of keys go.
    const TIME_DOMAIN: state::TimeDomain;

    /// True where values may be put together before they are sent: nobody but their senders says how far time has come.
    fn combines(&self) -> bool {
        false
    }

    /// The time of a value, `MIN` where there is none, and its sender's watermark behind it.
    fn times(_stamp: &Self::Stamp) -> (Timestamp, Timestamp) {
        (Timestamp::MIN, Timestamp::MIN)
    }

    /// A round begins.
    fn begin(&mut self, _now: &Moment) {}

    /// The time of a value that has arrived, `MIN` where there is none. Asked only where all keys have one watermark.
    #[inline(always)]
    fn time_of(&self, stamp: &Self::Stamp) -> Timestamp {
        Self::times(stamp).0
    }

    fn senders(&mut self, _from_start: Vec<bool>) {}

    /// A row comes from worker `from`; true where that moves the watermark of all keys on.
    fn hears_row(&mut self, _from: usize, _stamp: &Self::Stamp) -> bool {
        false
    }

    fn hears(&mut self, _from: usize, _watermark: Timestamp, _now: &Moment) {}

    /// What is to be known after a restart.
    fn save(&self) -> Option<Timestamp> {
        None
    }

    fn restore(&mut self, _saved: Timestamp) {}

    /// The watermark of all keys, where they have one.
    fn shared(&self) -> Timestamp {
        Timestamp::MIN
    }

    fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    fn on_wake(&mut self, _now: &Moment) {}

    fn start(&self, at_least: Timestamp, now: &Moment) -> Self::Mark;

    fn arrive(&self, mark: &mut Self::Mark, stamp: &Self::Stamp, now: &Moment) -> Option<Timestamp>;

    fn watermark(&self, mark: &Self::Mark, now: &Moment) -> Timestamp;

    fn reaches(&self, mark: &Self::Mark, time: Timestamp) -> Option<Timestamp>;

    fn remember(&self) -> Duration;
}

/// Both halves of a clock that keeps a watermark for each key.
pub struct ByKey<V, C>(Rc<C>, PhantomData<fn(V)>);

impl<V, C> ByKey<V, C> {
    pub(crate) fn new(clock: C) -> Self {
        ByKey(Rc::new(clock), PhantomData)
    }
}

impl<V: 'static, C: WindowClock<V>> StepClock<V> for ByKey<V, C> {
    type Stamper = ByKey<V, C>;
    type Tracker = ByKey<V, C>;

    #[allow(private_interfaces, reason = "only steps call it")]
    fn stamper(&self, _at: StamperCx) -> Self {
        ByKey(Rc::clone(&self.0), PhantomData)
    }

    fn tracker(self) -> Self {
        self
    }
}

impl<V: 'static, C: WindowClock<V>> Stamper<V> for ByKey<V, C> {
    /// The time, `MIN` where there is none: half the size of an `Option`.
    type Stamp = Timestamp;

    #[inline(always)]
    fn stamp(&mut self, value: &V) -> Timestamp {
        self.0.time_of(value).unwrap_or(Timestamp::MIN)
    }
}

impl<V: 'static, C: WindowClock<V>> WatermarkTracker for ByKey<V, C> {
    type Stamp = Timestamp;
    type Mark = C::Mark;
    type Row<K: Data, T: Data, S: Data> = (Timestamp, T);
    const OF_KEYS: bool = true;
    const HEARS: bool = false;
    const TIME_DOMAIN: state::TimeDomain = match C::TIMELINE {
        Timeline::System => state::TimeDomain::System,
        Timeline::Idle => state::TimeDomain::Idle,
    };

    #[inline(always)]
    fn start(&self, at_least: Timestamp, now: &Moment) -> C::Mark {
        self.0.start(at_least, now)
    }

    #[inline(always)]
    fn arrive(&self, mark: &mut C::Mark, stamp: &Timestamp, now: &Moment) -> Option<Timestamp> {
        self.0.arrive(mark, (*stamp != Timestamp::MIN).then_some(*stamp), now)
    }

    #[inline(always)]
    fn watermark(&self, mark: &C::Mark, now: &Moment) -> Timestamp {
        self.0.watermark(mark, now)
    }

    #[inline(always)]
    fn reaches(&self, mark: &C::Mark, time: Timestamp) -> Option<Timestamp> {
        self.0.reaches(mark, time)
    }

    fn remember(&self) -> Duration {
        self.0.remember()
    }
}
