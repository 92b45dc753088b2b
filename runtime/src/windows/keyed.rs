//! The window step on one worker: which windows a key's values go into, and when these close.

use super::forgotten::{Forgotten, Known};
use super::keeper::Keeper;
use super::logic::WindowLogic;
use super::open::{Open, OpenWindows};
use super::windowed::{Pane, Windowed};
use super::windower::{Kind, Overlap, Takes, Window, Windower};
use crate::clock::{Moment, Timestamp, micros};
use crate::data::{Data, Key};
use crate::error::Fault;
use crate::state::{After, Step, Timeline};
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
    /// The options as they are given: values are ordered unless told otherwise.
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
    queue: Option<Box<Queue<V>>>,
    /// While there are windows or queued values, the watermark at which something is to be done; else the moment, by the
    /// clock's timeline, at which the key is forgotten.
    next: Timestamp,
    /// The greatest close of what was put out.
    closed: Timestamp,
    /// The number of the next session.
    next_id: i64,
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
    keeper: C,
    windower: Rc<W>,
    logic: Rc<L>,
    /// Whether values wait for their turn.
    queues: bool,
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
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    const KIND: Kind = <W::Overlap as Overlap>::KIND;

    pub(crate) fn new(keeper: C, windower: Rc<W>, logic: Rc<L>, options: Options) -> Self {
        WindowStep {
            remember: micros(keeper.remember()),
            keeper,
            windower,
            logic,
            queues: options.ordered && L::ORDER_MATTERS,
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
    fn gone(&self, close: Timestamp) -> Timestamp {
        Timestamp(Self::end(close).0.saturating_add(self.allowed))
    }

    /// Takes a value that does not simply go into the newest window.
    #[inline(never)]
    fn take<K: Key>(
        &mut self,
        key: &K,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        at: Timestamp,
        value: V,
        now: &Moment,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> After {
        let watermark = self.keeper.watermark(&state.mark, now);
        if !state.is_idle() && state.next <= watermark {
            self.settle(state, watermark, emit);
        }
        self.drain(state, watermark, emit);
        if self.queues && at > watermark {
            state.enqueue(at, value);
        } else if let Err(value) = self.put(state, at, value, watermark, emit) {
            emit(WindowOut::Late(value));
        }
        self.note_change(now);
        self.rest(key, state, now)
    }

    /// Puts in the queued values whose turn has come.
    fn drain(
        &mut self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) {
        while let Some((at, value)) = state.dequeue(watermark) {
            // It came in time, whatever has happened since.
            let _ = self.put(state, at, value, Timestamp::MIN, emit);
        }
    }

    /// Puts a value into its windows; gives it back where none takes it any more.
    fn put(
        &mut self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> Result<(), V> {
        let mut found = std::mem::take(&mut self.found);
        self.windower.windows_of(at, &mut |window| found.push(window));
        let result = match Self::KIND {
            Kind::Merging => self.put_into_session(state, found.pop(), at, value, watermark, emit),
            _ => {
                found.retain(|window| self.gone(window.close) > watermark);
                self.put_into_all(state, &found, at, value, watermark, emit)
            }
        };
        found.clear();
        self.found = found;
        result
    }

    fn put_into_all(
        &self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        found: &[Window],
        at: Timestamp,
        value: V,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> Result<(), V> {
        let Some((last, others)) = found.split_last() else { return Err(value) };
        for window in others {
            if let Some(copy) = <W::Overlap as Takes<V>>::again(&value) {
                self.put_into(state, *window, at, copy, watermark, emit);
            }
        }
        self.put_into(state, *last, at, value, watermark, emit);
        Ok(())
    }

    fn put_into(
        &self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        window: Window,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) {
        if let Some(open) = state.windows.iter_mut().find(|open| open.id == window.id) {
            self.hand(open, at, value, emit);
            return;
        }
        let mut open = Open::new(window, self.logic.start());
        // Nothing had come before it closed.
        open.told = Self::end(window.close) <= watermark;
        self.hand(&mut open, at, value, emit);
        state.windows.add(open);
    }

    /// Puts a value into the session that `window`, which is of its time alone, is part of.
    fn put_into_session(
        &mut self,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        window: Option<Window>,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> Result<(), V> {
        let Some(window) = window else { return Err(value) };
        let touches = |open: &Open<L::State>| open.open <= window.close && window.open <= open.close;
        let windows = &mut state.windows;
        if windows.others.is_empty()
            && let Some(newest) = windows.newest.as_mut().filter(|open| touches(open))
        {
            self.extend(newest, window, watermark);
            self.hand(newest, at, value, emit);
            return Ok(());
        }
        let mut touching = std::mem::take(&mut self.closing);
        windows.take(&mut touching, touches);
        touching.sort_unstable_by_key(|open| open.open);
        let mut touching_now = touching.drain(..);
        let joined = touching_now.next();
        let mut joined = match joined {
            Some(joined) => joined,
            None if self.gone(window.close) <= watermark => {
                drop(touching_now);
                self.closing = touching;
                return Err(value);
            }
            None => {
                let id = state.next_id;
                state.next_id += 1;
                let mut open = Open::new(Window { id, ..window }, self.logic.start());
                open.told = Self::end(window.close) <= watermark;
                open
            }
        };
        for other in touching_now {
            joined.close = joined.close.max(other.close);
            joined.told |= other.told;
            joined.corrects |= other.corrects;
            joined.merged.add(other.id, other.merged);
            self.logic.merge(&mut joined.state, other.state);
        }
        self.closing = touching;
        self.extend(&mut joined, window, watermark);
        self.hand(&mut joined, at, value, emit);
        state.windows.add(joined);
        Ok(())
    }

    /// Makes a session longer by `window`; one that had closed may be open again.
    fn extend(&self, open: &mut Open<L::State>, window: Window, watermark: Timestamp) {
        open.open = open.open.min(window.open);
        open.close = open.close.max(window.close);
        if open.told && Self::end(open.close) > watermark {
            open.told = false;
            open.corrects = true;
        }
    }

    /// Hands a value to the logic; what a closed window came to is put out anew.
    #[inline(always)]
    fn hand(&self, open: &mut Open<L::State>, at: Timestamp, value: V, emit: &mut impl FnMut(WindowOut<L::Out, V>)) {
        let pane = if open.told { Pane::Late } else { Pane::Early };
        let Open { id, open: from, close, merged, state, .. } = open;
        self.logic.on_value(state, at, value, &mut |out| {
            emit(WindowOut::Value(Windowed {
                id: *id,
                open: *from,
                close: *close,
                pane,
                merged: merged.ids(),
                value: out,
            }));
        });
        open.changed = true;
        if open.told {
            self.show(open, Pane::Late, emit);
        }
    }

    /// Puts out what a window holds, which stays.
    #[cold]
    fn show(&self, open: &mut Open<L::State>, pane: Pane, emit: &mut impl FnMut(WindowOut<L::Out, V>)) {
        open.changed = false;
        let state = self.logic.copy(&open.state);
        let Open { id, open, close, merged, .. } = open;
        self.logic.on_close(state, &mut |value| {
            let merged = merged.ids();
            emit(WindowOut::Value(Windowed { id: *id, open: *open, close: *close, pane, merged, value }));
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
            let at = if open.told { self.gone(open.close) } else { Self::end(open.close) };
            at <= watermark
        });
        if closing.len() > 1 {
            closing.sort_unstable_by_key(|open| (open.close, open.open, open.id));
        }
        for mut window in closing.drain(..) {
            let gone = self.gone(window.close);
            state.closed = state.closed.max(gone);
            let pane = if window.corrects { Pane::Late } else { Pane::OnTime };
            if gone > watermark {
                self.show(&mut window, pane, emit);
                window.told = true;
                state.windows.add(window);
            } else if !window.told {
                self.close(window, pane, emit);
            }
        }
        self.closing = closing;
    }

    /// Puts out what a window came to.
    fn close(&self, window: Open<L::State>, pane: Pane, emit: &mut impl FnMut(WindowOut<L::Out, V>)) {
        let Open { id, open, close, mut merged, state, .. } = window;
        self.logic.on_close(state, &mut |value| {
            let merged = std::mem::take(&mut merged).into_ids();
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
        let of_open = |open: &Open<L::State>| if open.told { self.gone(open.close) } else { Self::end(open.close) };
        let mut next = state.windows.iter().map(of_open).min().unwrap_or(Timestamp::MAX);
        if let Some((at, _)) = state.queue.as_ref().and_then(|queue| queue.front()) {
            self.windower.windows_of(*at, &mut |window| next = next.min(Self::end(window.close)));
        }
        state.next = next;
        After::Keep
    }

    /// Now, by the time by which keys are forgotten.
    fn time(now: &Moment) -> Timestamp {
        match C::TIMELINE {
            Timeline::Quiet => now.quiet,
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

impl<K, V, C, W, L> Step<K, (C::Stamp, V)> for WindowStep<V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type State = KeyWindows<C::Mark, L::State, V>;
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;

    fn timeline(&self) -> Timeline {
        C::TIMELINE
    }

    fn start(&mut self, key: &K, now: &Moment) -> Self::State {
        let (closed, next_id) = self.forgotten.of(key);
        KeyWindows {
            mark: self.keeper.start(closed, now),
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
        let Some(at) = self.keeper.arrive(&mut state.mark, &stamp, now) else {
            emit(WindowOut::Late(value));
            return self.rest(key, state, now);
        };
        if Self::KIND == Kind::Apart
            && !self.queues
            && self.keeper.watermark(&state.mark, now) < state.next
            && let Some(newest) = &mut state.windows.newest
            && newest.open <= at
            && at < newest.close
            && !newest.told
        {
            // Nearly every value goes into the window into which the one before it went.
            let Open { id, open, close, merged, state, changed, .. } = newest;
            *changed = true;
            self.logic.on_value(state, at, value, &mut |value| {
                let (pane, merged) = (Pane::Early, merged.ids());
                emit(WindowOut::Value(Windowed { id: *id, open: *open, close: *close, pane, merged, value }));
            });
            self.note_change(now);
            return After::Keep;
        }
        self.take(key, state, at, value, now, emit)
    }

    #[inline(always)]
    fn notify_at(&self, _key: &K, state: &Self::State) -> Option<Timestamp> {
        if state.is_idle() { Some(state.next) } else { self.keeper.reaches(&state.mark, state.next) }
    }

    fn on_notify(&mut self, key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) -> After {
        if state.is_idle() {
            return if Self::time(now) < state.next { After::Keep } else { self.forget(key, state) };
        }
        let watermark = self.keeper.watermark(&state.mark, now);
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
        self.keeper.senders(from_start);
    }

    #[inline(always)]
    fn hears_row(&mut self, from: usize, (stamp, _): &(C::Stamp, V)) {
        self.keeper.hears_row(from, stamp);
    }

    fn hears(&mut self, from: usize, watermark: Timestamp, now: &Moment) {
        self.keeper.hears(from, watermark, now);
    }

    #[inline(always)]
    fn watermark(&self) -> Timestamp {
        self.keeper.shared()
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.early_at.into_iter().chain(self.keeper.wake_at()).min()
    }

    fn on_wake(&mut self, now: &Moment) -> bool {
        self.keeper.on_wake(now);
        self.early_at.take_if(|at| *at <= now.system).is_some()
    }

    fn on_sweep(&mut self, _key: &K, state: &mut Self::State, now: &Moment, emit: &mut impl FnMut(Self::Out)) {
        let watermark = self.keeper.watermark(&state.mark, now);
        self.drain(state, watermark, emit);
        for window in state.windows.iter_mut().filter(|window| window.changed && !window.told) {
            self.show(window, Pane::Early, emit);
        }
    }

    fn save(&self) -> Vec<u8> {
        let saved: Saved = (self.forgotten.save(), self.keeper.save());
        if saved == Saved::default() { Vec::new() } else { rmp_serde::to_vec(&saved).unwrap_or_default() }
    }

    fn restore(&mut self, saved: &[u8]) -> Result<(), Fault> {
        let (forgotten, watermark): Saved = rmp_serde::from_slice(saved)
            .map_err(|error| Fault::new("what a window step knew of all its keys cannot be read").cause(error))?;
        self.forgotten.restore(forgotten);
        watermark.into_iter().for_each(|watermark| self.keeper.restore(watermark));
        Ok(())
    }
}

/// What is kept for all keys of a worker: what is known of forgotten ones, and the watermark that all have.
type Saved = (Vec<Known>, Option<Timestamp>);
