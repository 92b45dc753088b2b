//! Where a value of a key goes: its turn, its windows, its session.

use super::WindowOut;
use super::open::{Open, OpenWindows, UNNUMBERED, numbered};
use super::{KeyWindows, WindowStep};
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::{Data, Key};
use crate::state::After;
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Kind, Takes, Window, Windower};
use crate::windows::assign::{Pane, Windowed};
use crate::windows::clocks::WatermarkTracker;

impl<V, C, W, L> WindowStep<V, C, W, L>
where
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    /// The window that is open and takes in a value of this time, where nothing else changes: nearly always the one into which
    /// the value before went.
    #[inline(always)]
    pub(crate) fn simply<'a>(
        &self,
        windows: &'a mut OpenWindows<L::State>,
        next: &mut Timestamp,
        at: Timestamp,
    ) -> Option<&'a mut Open<L::State>> {
        let OpenWindows { newest, others } = windows;
        let takes = |open: &Open<L::State>| open.open <= at && at < open.close && !open.fired;
        match Self::KIND {
            Kind::Apart => match newest {
                Some(newest) if takes(newest) => Some(newest),
                _ => others.iter_mut().find(|open| takes(open)),
            },
            // A session that meets no other one goes on.
            Kind::Merging => {
                let newest = newest.as_mut().filter(|newest| takes(newest) && others.is_empty())?;
                self.windower.windows_of(at, &mut |window| {
                    newest.open = newest.open.min(window.open);
                    newest.close = newest.close.max(window.close);
                });
                *next = Self::end(newest.close);
                Some(newest)
            }
            Kind::Overlapping => None,
        }
    }

    /// Takes a value that does not simply go into a window that is open.
    #[inline(never)]
    pub(crate) fn take<K: Key>(
        &mut self,
        key: &K,
        state: &mut KeyWindows<C::Mark, L::State, V>,
        at: Timestamp,
        value: V,
        now: &Moment,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> After {
        let watermark = self.tracker.watermark(&state.mark, now);
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
    pub(crate) fn drain(
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
    pub(crate) fn put(
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
                found.retain(|window| self.expiry(window.close) > watermark);
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
            self.hand(open, &mut state.next_id, at, value, emit);
            return;
        }
        state.windows.add(self.begin(window, &mut state.next_id, at, value, watermark, emit));
    }

    /// A window with its first value.
    fn begin(
        &self,
        window: Window,
        next_id: &mut i64,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
        emit: &mut impl FnMut(WindowOut<L::Out, V>),
    ) -> Open<L::State> {
        // Nothing had come before it closed.
        let fired = Self::end(window.close) <= watermark;
        let Window { mut id, open, close } = window;
        let pane = if fired { Pane::Late } else { Pane::Early };
        let state = self.logic.start(at, value, &mut |value| {
            let id = numbered(&mut id, next_id);
            emit(WindowOut::Value(Windowed { id, open, close, pane, merged: Vec::new(), value }));
        });
        let mut open = Open { fired, changed: true, ..Open::new(Window { id, ..window }, state) };
        if fired {
            self.emit_pane(&mut open, next_id, pane, emit);
        }
        open
    }

    /// Puts a value into the session that `window`, which is of its time alone, is part of: the sessions that it touches become
    /// one; where it touches none, it begins one.
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
        let KeyWindows { windows, next_id, .. } = state;
        // Nearly always there is one session, and it goes on.
        if let OpenWindows { newest: Some(only), others } = windows
            && others.is_empty()
            && touch(only, &window)
        {
            self.extend(only, window, watermark);
            self.hand(only, next_id, at, value, emit);
            return Ok(());
        }
        let session = match self.join_touching(windows, &window) {
            Some(mut session) => {
                self.extend(&mut session, window, watermark);
                self.hand(&mut session, next_id, at, value, emit);
                session
            }
            None if self.expiry(window.close) <= watermark => return Err(value),
            None => {
                let mut id = UNNUMBERED;
                if !self.numbers_late {
                    numbered(&mut id, next_id);
                }
                self.begin(Window { id, ..window }, next_id, at, value, watermark, emit)
            }
        };
        state.windows.add(session);
        Ok(())
    }

    /// Takes the sessions out that `window` touches and makes them one: the one that opened first goes on.
    fn join_touching(&mut self, windows: &mut OpenWindows<L::State>, window: &Window) -> Option<Open<L::State>> {
        let mut touching = std::mem::take(&mut self.closing);
        windows.take(&mut touching, |open| touch(open, window));
        touching.sort_unstable_by_key(|open| open.open);
        let mut all = touching.drain(..);
        let mut joined = all.next();
        if let Some(joined) = &mut joined {
            for other in all {
                joined.close = joined.close.max(other.close);
                joined.fired |= other.fired;
                joined.corrects |= other.corrects;
                joined.take_id(other.id);
                joined.merged.extend(other.merged);
                self.logic.merge(&mut joined.state, other.state);
            }
        } else {
            drop(all);
        }
        self.closing = touching;
        joined
    }

    /// Makes a session longer by `window`; one that had closed may be open again.
    fn extend(&self, open: &mut Open<L::State>, window: Window, watermark: Timestamp) {
        open.open = open.open.min(window.open);
        open.close = open.close.max(window.close);
        if open.fired && Self::end(open.close) > watermark {
            open.fired = false;
            open.corrects = true;
        }
    }
}

/// Whether a session and a window of one time are to be one.
fn touch<S>(open: &Open<S>, window: &Window) -> bool {
    open.open <= window.close && window.open <= open.close
}
