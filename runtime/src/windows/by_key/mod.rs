//! The window step on one worker: which windows a key's values go into, and when these close.

mod forgotten;
mod insert;
mod open;
pub(super) mod saved;
mod step;

use super::by_key::forgotten::Forgotten;
use super::by_key::open::{Open, OpenWindows, numbered};
use crate::base::clock::{Moment, Timestamp, micros};
use crate::base::data::{Data, Key};
use crate::state::{After, TimeDomain};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Kind, Overlap, Takes, Window, Windower};
use crate::windows::assign::{Pane, Windowed};
use crate::windows::clocks::WatermarkTracker;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// How a window step goes about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// Whether values meet a window in the order of their times.
    pub(crate) ordered: bool,
    /// How often what open windows hold so far is put out.
    pub(crate) early: Option<Duration>,
    /// For how long, by the watermark, a closed window is kept for values that are late.
    pub(crate) allowed_lateness: Duration,
}

impl Options {
    /// The options as they are given: values are ordered by default.
    pub(crate) fn new(ordered: Option<bool>, early: Option<Duration>, allowed_lateness: Option<Duration>) -> Options {
        Options { ordered: ordered.unwrap_or(true), early, allowed_lateness: allowed_lateness.unwrap_or_default() }
    }
}

/// What comes out of an operator that refuses what is late.
pub(crate) enum InTime<O, V> {
    Value(O),
    Late(V),
}

/// What comes out of this one.
pub(crate) type WindowOut<O, V> = InTime<Windowed<O>, V>;

/// One key.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeyWindows<M, S, V> {
    mark: M,
    windows: OpenWindows<S>,
    /// Values whose turn has not come, by their times; `None` where there never was one.
    #[serde(default = "no_queue", skip_serializing_if = "Option::is_none")]
    queue: Option<Box<Queue<V>>>,
    /// While there are windows or queued values, the watermark at which something is to be done; else the moment, by the
    /// clock's timeline, at which the key is forgotten.
    next: Timestamp,
    /// The greatest close of what was put out.
    #[serde(default = "never", skip_serializing_if = "is_never")]
    closed: Timestamp,
    /// The number of the next session.
    #[serde(default, skip_serializing_if = "is_zero")]
    next_id: i64,
}

fn no_queue<V>() -> Option<Box<Queue<V>>> {
    None
}

fn never() -> Timestamp {
    Timestamp::MIN
}

fn is_never(at: &Timestamp) -> bool {
    *at == Timestamp::MIN
}

fn is_zero(number: &i64) -> bool {
    *number == 0
}

type Queue<V> = VecDeque<(Timestamp, V)>;

impl<M, S, V> KeyWindows<M, S, V> {
    fn is_idle(&self) -> bool {
        self.windows.is_empty() && self.queue.as_ref().is_none_or(|queue| queue.is_empty())
    }

    /// Queues a value behind those of its time and before.
    fn enqueue(&mut self, at: Timestamp, value: V) {
        let queue = self.queue.get_or_insert_default();
        let place = queue.partition_point(|(other, _)| *other <= at);
        queue.insert(place, (at, value));
    }

    /// The next queued value, if its turn has come.
    fn dequeue(&mut self, watermark: Timestamp) -> Option<(Timestamp, V)> {
        self.queue.as_mut()?.pop_front_if(|(at, _)| *at <= watermark)
    }
}

/// The window step.
pub(crate) struct WindowStep<V, C, W, L: WindowLogic<V>> {
    tracker: C,
    windower: Rc<W>,
    logic: Rc<L>,
    /// Whether values wait for their turn.
    queues: bool,
    /// Whether sessions are numbered as they close, which is in the order of their times, rather than as they begin: where values
    /// do not wait for their turn though their order shows. (Bytewax counts and sums in any order, and numbers such sessions as
    /// they begin.) Values that come out before or after the close come out when the clock says so, which no number may depend on.
    numbers_late: bool,
    early: Option<Duration>,
    /// When what is open is put out, where something has changed.
    early_at: Option<Timestamp>,
    allowed: i64,
    remember: i64,
    forgotten: Forgotten,
    /// Windows that are closing: kept for its memory.
    closing: Vec<Open<L::State>>,
    /// The windows of a value: kept for its memory.
    found: Vec<Window>,
    value: PhantomData<fn(V)>,
}

impl<V, C, W, L> WindowStep<V, C, W, L>
where
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    const KIND: Kind = <W::Overlap as Overlap>::KIND;

    pub(crate) fn new(tracker: C, windower: Rc<W>, logic: Rc<L>, options: Options) -> Self {
        WindowStep {
            remember: micros(tracker.remember()),
            tracker,
            windower,
            logic,
            queues: options.ordered && L::ORDER_MATTERS,
            numbers_late: Self::KIND == Kind::Merging
                && options.ordered
                && !L::ORDER_MATTERS
                && !L::COMBINES
                && options.early.is_none()
                && options.allowed_lateness.is_zero(),
            early: options.early,
            early_at: None,
            allowed: micros(options.allowed_lateness),
            forgotten: Forgotten::new(),
            closing: Vec::new(),
            found: Vec::new(),
            value: PhantomData,
        }
    }

    /// The watermark by which a window that closes then has closed.
    fn end(close: Timestamp) -> Timestamp {
        if Self::KIND == Kind::Merging { Timestamp(close.0.saturating_add(1)) } else { close }
    }

    /// The watermark by which nothing can go into it any more.
    fn expiry(&self, close: Timestamp) -> Timestamp {
        Timestamp(Self::end(close).0.saturating_add(self.allowed))
    }

    /// Hands a value to the logic; what a closed window came to is put out anew.
    #[inline(always)]
    fn hand(
        &self,
        open: &mut Open<L::State>,
        next_id: &mut i64,
        at: Timestamp,
        value: V,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) {
        let pane = if open.fired { Pane::Late } else { Pane::Early };
        let Open { id, open: from, close, merged, state, .. } = open;
        self.logic.on_value(state, at, value, &mut |out| {
            emit(WindowOut::Value(Windowed {
                id: numbered(id, next_id),
                open: *from,
                close: *close,
                pane,
                merged: merged.to_vec(),
                value: out,
            }));
        });
        open.changed = true;
        if open.fired {
            self.emit_pane(open, next_id, Pane::Late, emit);
        }
    }

    /// Puts out what a window holds, which stays.
    #[cold]
    fn emit_pane(
        &self,
        open: &mut Open<L::State>,
        next_id: &mut i64,
        pane: Pane,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) {
        open.changed = false;
        let id = numbered(&mut open.id, next_id);
        let state = self.logic.copy(&open.state);
        let Open { open, close, merged, .. } = open;
        self.logic.on_close(state, &mut |value| {
            let merged = merged.to_vec();
            emit(WindowOut::Value(Windowed { id, open: *open, close: *close, pane, merged, value }));
        });
    }

    /// Does what is due at a watermark: puts in queued values, closes windows, drops those that were kept long enough.
    fn settle(
        &mut self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) {
        self.drain(state, watermark, emit);
        let mut closing = std::mem::take(&mut self.closing);
        state.windows.take(&mut closing, |open| {
            let at = if open.fired { self.expiry(open.close) } else { Self::end(open.close) };
            at <= watermark
        });
        if closing.len() > 1 {
            closing.sort_unstable_by_key(|open| (open.close, open.open, open.id));
        }
        for mut window in closing.drain(..) {
            let expiry = self.expiry(window.close);
            state.closed = state.closed.max(expiry);
            let pane = if window.corrects { Pane::Late } else { Pane::OnTime };
            if expiry > watermark {
                self.emit_pane(&mut window, &mut state.next_id, pane, emit);
                window.fired = true;
                state.windows.add(window);
            } else if !window.fired {
                numbered(&mut window.id, &mut state.next_id);
                self.close(window, pane, emit);
            }
        }
        self.closing = closing;
    }

    /// Puts out what a window came to.
    fn close(&self, window: Open<L::State>, pane: Pane, emit: &mut impl FnMut(WindowOut<L::Out, V>)) {
        let Open { id, open, close, mut merged, state, .. } = window;
        self.logic.on_close(state, &mut |value| {
            let merged = std::mem::take(&mut merged).into();
            emit(WindowOut::Value(Windowed { id, open, close, pane, merged, value }));
        });
    }

    /// Finds the next watermark, or the moment, at which something is to be done.
    fn rest<K: Key>(&mut self, key: &K, state: &mut KeyWindows<C::Mark, L::State, V>, now: &Moment) -> After {
        if state.is_idle() {
            // A key that has put nothing out has nothing that could come twice.
            if self.remember == 0 || state.closed == Timestamp::MIN {
                return self.forget(key, state);
            }
            state.next = Timestamp(Self::time(now).0.saturating_add(self.remember));
            return After::Keep;
        }
        let of_open = |open: &Open<L::State>| if open.fired { self.expiry(open.close) } else { Self::end(open.close) };
        let mut next = state.windows.iter().map(of_open).min().unwrap_or(Timestamp::MAX);
        if let Some((at, _)) = state.queue.as_ref().and_then(|queue| queue.front()) {
            self.windower.windows_of(*at, &mut |window| next = next.min(Self::end(window.close)));
        }
        state.next = next;
        After::Keep
    }

    /// Now, by the time by which keys are forgotten.
    fn time(now: &Moment) -> Timestamp {
        match C::TIME_DOMAIN {
            TimeDomain::Idle => now.idle,
            _ => now.system,
        }
    }

    fn forget<K: Key>(&mut self, key: &K, state: &KeyWindows<C::Mark, L::State, V>) -> After {
        let closed = if C::OF_KEYS { state.closed } else { Timestamp::MIN };
        if closed > Timestamp::MIN || state.next_id > 0 {
            self.forgotten.add(key, closed, state.next_id);
        }
        After::Forget
    }

    #[inline(always)]
    fn note_change(&mut self, now: &Moment) {
        if let Some(early) = self.early
            && self.early_at.is_none()
        {
            self.early_at = Some(now.system.after(early));
        }
    }
}
