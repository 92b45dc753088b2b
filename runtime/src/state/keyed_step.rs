//! What the core asks of a stateful step: the user's [`Logic`], and more than that for windows and joins.

use super::logic::{After, Logic};
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::Data;
use crate::base::error::Fault;

/// By which time a step's timers go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeDomain {
    /// The flow's clock.
    System,
    /// The time for which the flow has been idle: see [`Moment::idle`].
    Idle,
    /// A watermark that the step keeps itself: see [`KeyedStep::watermark`].
    Watermark,
}

/// What a stateful step does with each key. Unlike a [`Logic`] it may keep something for all keys of a worker, and choose
/// the time by which its timers go.
pub(crate) trait KeyedStep<K, V>: 'static {
    type State: Data;
    type Out: 'static;
    /// True where `on_epoch_end` is to be called, for every key there is.
    const EACH_EPOCH: bool = false;
    /// True where rows carry watermarks, which `hears` is told of.
    const HEARS: bool = false;
    /// By which time timers go.
    const TIME_DOMAIN: TimeDomain = TimeDomain::System;

    fn start(&mut self, key: &K, now: &Moment) -> Self::State;

    fn on_value(
        &mut self,
        key: &K,
        state: &mut Self::State,
        value: V,
        now: &Moment,
        emit: &mut impl FnMut(Self::Out),
    ) -> After;

    /// When the key wants `on_notify`, by the step's timeline; asked after every other call. `None` cancels.
    fn notify_at(&self, key: &K, state: &Self::State) -> Option<Timestamp>;

    fn on_notify(&mut self, key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) -> After;

    fn on_epoch_end(&mut self, _key: &K, _state: &mut Self::State, _emit: &mut impl FnMut(Self::Out)) -> After {
        After::Keep
    }

    fn on_eof(&mut self, key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) -> After;

    /// Who sends rows, told once at the start: of each worker, input by input, whether its watermark counts from the start.
    fn senders(&mut self, _from_start: Vec<bool>) {}

    /// A row comes from worker `from`: called before `on_value` where the step `HEARS`. True where that moves the step's
    /// watermark on.
    fn hears_row(&mut self, _from: usize, _value: &V) -> bool {
        false
    }

    /// The sender's watermark behind the rows of a batch.
    fn hears(&mut self, _from: usize, _watermark: Timestamp, _now: &Moment) {}

    /// The watermark by which the timers of [`TimeDomain::Watermark`] go.
    fn watermark(&self) -> Timestamp {
        Timestamp::MIN
    }

    /// When, by the flow's clock, the step wants `on_wake`: asked after every round.
    fn wake_at(&self) -> Option<Timestamp> {
        None
    }

    /// The moment for which `wake_at` asked has come; true where `on_sweep` is to be called for every key.
    fn on_wake(&mut self, _now: &Moment) -> bool {
        false
    }

    /// Looks at a key because `on_wake` asked for it.
    fn on_sweep(&mut self, _key: &K, _state: &mut Self::State, _now: &Moment, _emit: &mut impl FnMut(Self::Out)) {}

    /// What it keeps for all keys of this worker, for the snapshot: nothing where that is empty.
    fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Takes back what a worker of the execution before had saved; called once for each of them.
    ///
    /// # Errors
    /// Where it cannot be read.
    fn restore(&mut self, _saved: &[u8]) -> Result<(), Fault> {
        Ok(())
    }
}

/// A user's [`Logic`] as a step.
pub(crate) struct Plain<L>(pub(crate) L);

impl<K, V, L: Logic<K, V>> KeyedStep<K, V> for Plain<L> {
    type State = L::State;
    type Out = L::Out;
    const EACH_EPOCH: bool = L::EACH_EPOCH;

    #[inline(always)]
    fn start(&mut self, key: &K, _now: &Moment) -> L::State {
        self.0.start(key)
    }

    #[inline(always)]
    fn on_value(
        &mut self,
        key: &K,
        state: &mut L::State,
        value: V,
        now: &Moment,
        emit: &mut impl FnMut(L::Out),
    ) -> After {
        self.0.on_value(key, state, value, now.system, emit)
    }

    #[inline(always)]
    fn notify_at(&self, key: &K, state: &L::State) -> Option<Timestamp> {
        self.0.notify_at(key, state)
    }

    fn on_notify(&mut self, key: &K, state: &mut L::State, now: &Moment, emit: &mut impl FnMut(L::Out)) -> After {
        self.0.on_notify(key, state, now.system, emit)
    }

    fn on_epoch_end(&mut self, key: &K, state: &mut L::State, emit: &mut impl FnMut(L::Out)) -> After {
        self.0.on_epoch_end(key, state, emit)
    }

    fn on_eof(&mut self, key: &K, state: &mut L::State, _now: &Moment, emit: &mut impl FnMut(L::Out)) -> After {
        self.0.on_eof(key, state, emit)
    }
}
