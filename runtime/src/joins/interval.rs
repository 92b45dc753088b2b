//! The step of `join_within`: values of two sides, kept as long as one of the other side can come that is near enough.

use super::side::Side2;
use super::within::Within;
use crate::base::clock::{Moment, Timestamp, micros};
use crate::base::data::Data;
use crate::base::error::Fault;
use crate::state::{After, KeyedStep, TimeDomain};
use crate::windows::{InTime, WatermarkTracker};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::marker::PhantomData;

/// Values of one side by their times; those of one time as they came.
#[derive(Serialize, Deserialize)]
struct ByTime<V>(VecDeque<(Timestamp, V)>);

impl<V> ByTime<V> {
    fn insert(&mut self, at: Timestamp, value: V) {
        let place = self.0.partition_point(|(other, _)| *other <= at);
        self.0.insert(place, (at, value));
    }

    /// Values from one time to another, both included.
    fn between(&self, (from, to): (Timestamp, Timestamp)) -> impl Iterator<Item = &V> {
        let start = self.0.partition_point(|(at, _)| *at < from);
        self.0.range(start..).take_while(move |(at, _)| *at <= to).map(|(_, value)| value)
    }

    /// Drops values for which nothing can come any more: those before which the watermark has passed `last`.
    fn drop_before(&mut self, watermark: Timestamp, last: impl Fn(Timestamp) -> Timestamp) {
        while self.0.pop_front_if(|(at, _)| last(*at) < watermark).is_some() {}
    }

    /// The watermark at which the first of them is dropped.
    fn next(&self, last: impl Fn(Timestamp) -> Timestamp) -> Timestamp {
        self.0.front().map_or(Timestamp::MAX, |(at, _)| Timestamp(last(*at).0.saturating_add(1)))
    }
}

/// One key.
#[derive(Serialize, Deserialize)]
pub(crate) struct Sided<M, A, B> {
    mark: M,
    first: ByTime<A>,
    second: ByTime<B>,
    /// While there are values, the watermark at which one is dropped; else the moment, by the clock's timeline, at which the
    /// key is forgotten.
    next: Timestamp,
}

impl<M, A, B> Sided<M, A, B> {
    fn is_idle(&self) -> bool {
        self.first.0.is_empty() && self.second.0.is_empty()
    }
}

pub(crate) struct IntervalJoin<C, A, B> {
    tracker: C,
    within: Within,
    values: PhantomData<fn() -> (A, B)>,
}

impl<C: WatermarkTracker, A, B> IntervalJoin<C, A, B> {
    pub(crate) fn new(tracker: C, within: Within) -> Self {
        IntervalJoin { tracker, within, values: PhantomData }
    }

    /// The last time of the second side that goes with one of the first, and the other way round.
    fn lasts(
        &self,
    ) -> (impl Fn(Timestamp) -> Timestamp + use<C, A, B>, impl Fn(Timestamp) -> Timestamp + use<C, A, B>) {
        let within = self.within;
        (move |at| within.of_first(at).1, move |at| within.of_second(at).1)
    }

    /// Drops what nothing can come for any more, and finds out what is to be done next.
    fn settle(&self, state: &mut Sided<C::Mark, A, B>, now: &Moment) -> After {
        let watermark = self.tracker.watermark(&state.mark, now);
        let (of_first, of_second) = self.lasts();
        if !state.is_idle() {
            state.first.drop_before(watermark, &of_first);
            state.second.drop_before(watermark, &of_second);
        }
        if !state.is_idle() {
            state.next = state.first.next(of_first).min(state.second.next(of_second));
            return After::Keep;
        }
        let remember = micros(self.tracker.remember());
        state.next = Timestamp(Self::time(now).0.saturating_add(remember));
        if remember == 0 { After::Forget } else { After::Keep }
    }

    /// Now, by the time by which keys are forgotten.
    fn time(now: &Moment) -> Timestamp {
        match C::TIME_DOMAIN {
            TimeDomain::Idle => now.idle,
            _ => now.system,
        }
    }
}

impl<K, C, A, B> KeyedStep<K, (C::Stamp, Side2<A, B>)> for IntervalJoin<C, A, B>
where
    C: WatermarkTracker,
    A: Data + Clone,
    B: Data + Clone,
{
    type State = Sided<C::Mark, A, B>;
    type Out = InTime<(A, B), Side2<A, B>>;
    const HEARS: bool = C::HEARS;
    const TIME_DOMAIN: TimeDomain = C::TIME_DOMAIN;

    fn start(&mut self, _key: &K, now: &Moment) -> Self::State {
        let (first, second) = (ByTime(VecDeque::new()), ByTime(VecDeque::new()));
        Sided { mark: self.tracker.start(Timestamp::MIN, now), first, second, next: Timestamp::MAX }
    }

    #[inline(always)]
    fn on_value(
        &mut self,
        _key: &K,
        state: &mut Self::State,
        (stamp, side): (C::Stamp, Side2<A, B>),
        now: &Moment,
        emit: &mut impl FnMut(Self::Out),
    ) -> After {
        let arrived = self.tracker.arrive(&mut state.mark, &stamp, now);
        let watermark = self.tracker.watermark(&state.mark, now);
        let Some(at) = arrived.filter(|at| *at >= watermark) else {
            emit(InTime::Late(side));
            return self.settle(state, now);
        };
        // What is put out is cloned: a value goes into a pair with each that is near.
        match side {
            Side2::First(a) => {
                let near = state.second.between(self.within.of_first(at));
                near.for_each(|b| emit(InTime::Value((a.clone(), b.clone()))));
                state.first.insert(at, a);
            }
            Side2::Second(b) => {
                let near = state.first.between(self.within.of_second(at));
                near.for_each(|a| emit(InTime::Value((a.clone(), b.clone()))));
                state.second.insert(at, b);
            }
        }
        self.settle(state, now)
    }

    #[inline(always)]
    fn notify_at(&self, _key: &K, state: &Self::State) -> Option<Timestamp> {
        if state.is_idle() { Some(state.next) } else { self.tracker.reaches(&state.mark, state.next) }
    }

    fn on_notify(
        &mut self,
        _key: &K,
        state: &mut Self::State,
        now: &Moment,
        _emit: &mut impl FnMut(Self::Out),
    ) -> After {
        if state.is_idle() {
            return if Self::time(now) < state.next { After::Keep } else { After::Forget };
        }
        self.settle(state, now)
    }

    fn on_eof(
        &mut self,
        _key: &K,
        _state: &mut Self::State,
        _now: &Moment,
        _emit: &mut impl FnMut(Self::Out),
    ) -> After {
        After::Keep
    }

    fn senders(&mut self, from_start: Vec<bool>) {
        self.tracker.senders(from_start);
    }

    #[inline(always)]
    fn hears_row(&mut self, from: usize, (stamp, _): &(C::Stamp, Side2<A, B>)) -> bool {
        self.tracker.hears_row(from, stamp)
    }

    fn hears(&mut self, from: usize, watermark: Timestamp, now: &Moment) {
        self.tracker.hears(from, watermark, now);
    }

    #[inline(always)]
    fn watermark(&self) -> Timestamp {
        self.tracker.shared()
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.tracker.wake_at()
    }

    fn on_wake(&mut self, now: &Moment) -> bool {
        self.tracker.on_wake(now);
        false
    }

    fn save(&self) -> Vec<u8> {
        self.tracker.save().map_or_else(Vec::new, |watermark| rmp_serde::to_vec(&watermark).unwrap_or_default())
    }

    fn restore(&mut self, saved: &[u8]) -> Result<(), Fault> {
        let watermark = rmp_serde::from_slice(saved)
            .map_err(|error| Fault::new("the watermark of a join cannot be read").cause(error))?;
        self.tracker.restore(watermark);
        Ok(())
    }
}
