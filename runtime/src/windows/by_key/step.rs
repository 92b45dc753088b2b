//! What the core asks of a window step that keeps windows by key: values, timers, ends, and what a snapshot is to have.

use super::forgotten::Known;
use super::open::OpenWindows;
use super::saved;
use super::{KeyWindows, WindowOut, WindowStep};
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::{Data, Key};
use crate::base::error::Fault;
use crate::state::{After, KeyedStep, TimeDomain};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::Pane;
use crate::windows::assign::{Takes, Windower};
use crate::windows::clocks::WatermarkTracker;

impl<K, V, C, W, L> KeyedStep<K, (C::Stamp, V)> for WindowStep<V, C, W, L>
where
    K: Key,
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type State = KeyWindows<C::Mark, L::State, V>;
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;
    const TIME_DOMAIN: TimeDomain = C::TIME_DOMAIN;

    fn start(&mut self, key: &K, now: &Moment) -> Self::State {
        let (closed, next_id) = self.forgotten.of(key);
        KeyWindows {
            mark: self.tracker.start(closed, now),
            windows: OpenWindows::new(),
            queue: None,
            next: Timestamp::MAX,
            closed: Timestamp::MIN,
            next_id,
        }
    }

    #[inline(always)]
    fn on_value(
        &mut self,
        key: &K,
        state: &mut Self::State,
        (stamp, value): (C::Stamp, V),
        now: &Moment,
        emit: &mut impl FnMut(Self::Out),
    ) -> After {
        let Some(at) = self.tracker.arrive(&mut state.mark, &stamp, now) else {
            emit(WindowOut::Late(value));
            return self.rest(key, state, now);
        };
        if !self.queues
            && self.tracker.watermark(&state.mark, now) < state.next
            && let Some(open) = self.simply(state, at)
        {
            self.hand(open, at, value, emit);
            self.note_change(now);
            return After::Keep;
        }
        self.take(key, state, at, value, now, emit)
    }

    #[inline(always)]
    fn notify_at(&self, _key: &K, state: &Self::State) -> Option<Timestamp> {
        if state.is_idle() { Some(state.next) } else { self.tracker.reaches(&state.mark, state.next) }
    }

    fn on_notify(&mut self, key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) -> After {
        if state.is_idle() {
            return if Self::time(now) < state.next { After::Keep } else { self.forget(key, state) };
        }
        let watermark = self.tracker.watermark(&state.mark, now);
        self.settle(state, watermark, emit);
        self.rest(key, state, now)
    }

    fn on_eof(&mut self, _key: &K, state: &mut Self::State, _now: &Moment, emit: &mut impl FnMut(Self::Out)) -> After {
        // Nothing can correct what comes out now.
        let allowed = std::mem::take(&mut self.allowed);
        self.settle(state, Timestamp::MAX, emit);
        self.allowed = allowed;
        After::Forget
    }

    fn senders(&mut self, from_start: Vec<bool>) {
        self.tracker.senders(from_start);
    }

    #[inline(always)]
    fn hears_row(&mut self, from: usize, (stamp, _): &(C::Stamp, V)) -> bool {
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
        self.early_at.into_iter().chain(self.tracker.wake_at()).min()
    }

    fn on_wake(&mut self, now: &Moment) -> bool {
        self.tracker.on_wake(now);
        self.early_at.take_if(|at| *at <= now.system).is_some()
    }

    fn on_sweep(&mut self, _key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) {
        let watermark = self.tracker.watermark(&state.mark, now);
        self.drain(state, watermark, emit);
        for window in state.windows.iter_mut().filter(|window| window.changed && !window.fired) {
            self.emit_pane(window, Pane::Early, emit);
        }
    }

    fn save(&self) -> Vec<u8> {
        saved::encode::<Saved>(&(self.forgotten.save(), self.tracker.save()))
    }

    fn restore(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let (forgotten, watermark) = saved::decode::<Saved>(bytes)?;
        self.forgotten.restore(forgotten);
        watermark.into_iter().for_each(|watermark| self.tracker.restore(watermark));
        Ok(())
    }
}

/// What is kept for all keys of a worker: what is known of forgotten ones, and the watermark that all have.
type Saved = (Vec<Known>, Option<Timestamp>);
