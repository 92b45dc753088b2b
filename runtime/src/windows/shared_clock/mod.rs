//! The window step where one watermark counts for all keys: a table for each window, so that a value is one look into it, and
//! a window closes as a whole.

mod backend;
mod insert;
mod sender;

pub(crate) use sender::PreaggregatePush;

use super::by_key::{InTime, Options, WindowOut};
use crate::base::clock::{Moment, Timestamp, micros};
use crate::base::data::{Data, Key};
use crate::state::Recorder;
use crate::stream::{Down, Push, named_for};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Kind, Overlap, Takes, Window, Windower};
use crate::windows::assign::{Pane, Windowed};
use crate::windows::clocks::WatermarkTracker;
use crate::windows::preaggregate::Partials;
use crate::windows::preaggregate::{Recent, Slice};
use crate::windows::preaggregate::{Span, Spans};
use crate::windows::preaggregate::{WindowKey, WindowSlot};
use crate::worker::WorkerCx;
use std::rc::Rc;
use std::time::Duration;

/// How many values of a slice must have one key, that putting them together spares something: each would go into as many
/// tables as there are windows, which are two at least.
const WORTH_WHILE: usize = 2;

/// The windows of all keys on one worker.
pub(crate) struct WindowTables<K: Key, V, C: WatermarkTracker, W, L: WindowLogic<V>> {
    id: &'static str,
    tracker: C,
    windower: Rc<W>,
    logic: Rc<L>,
    early: Option<Duration>,
    /// When what is open is put out, where something has changed.
    early_at: Option<Timestamp>,
    allowed: i64,
    spans: Spans<K, L::State>,
    recent: Recent,
    /// Of windows that overlap.
    slice: Slice,
    /// What values of slices come to, before it goes into their windows; none where early values are wanted.
    slices: Partials<K, L::State>,
    /// The watermark at which a window closes or goes.
    next: Timestamp,
    record: Recorder<WindowKey<K>>,
    now: Moment,
    /// The windows of a value: kept for its memory.
    found: Vec<Window>,
}

impl<K, V, C, W, L> WindowTables<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    /// True where values of overlapping windows are put together by slice.
    const SLICES: bool = matches!(<W::Overlap as Overlap>::KIND, Kind::Overlapping) && L::COMBINES && L::COPIES;

    pub(crate) fn new(
        id: &'static str,
        tracker: C,
        windower: Rc<W>,
        logic: Rc<L>,
        options: Options,
        worker: &Rc<WorkerCx>,
    ) -> Self {
        let now = worker.moment();
        WindowTables {
            id,
            tracker,
            windower,
            logic,
            early: options.early,
            early_at: None,
            allowed: micros(options.allowed_lateness),
            spans: Spans::new(),
            recent: Recent::NONE,
            slice: Slice::none(),
            slices: Partials::new(WORTH_WHILE),
            next: Timestamp::MAX,
            record: Recorder::new(id, worker),
            now,
            found: Vec::new(),
        }
    }

    /// The watermark by which nothing can go into a window any more.
    fn expiry(&self, close: Timestamp) -> Timestamp {
        Timestamp(close.0.saturating_add(self.allowed))
    }

    /// The watermark at which something is to be done.
    #[inline(always)]
    fn next(&self) -> Timestamp {
        if Self::SLICES { self.next.min(self.slices.next()) } else { self.next }
    }

    /// Closes what the watermark has passed.
    #[inline(always)]
    fn close_due<P: Push<(K, WindowOut<L::Out, V>)>>(&mut self, next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>) {
        let watermark = self.tracker.shared();
        if self.next() <= watermark {
            self.close(watermark, next.again());
        }
    }

    #[inline(never)]
    fn close<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        watermark: Timestamp,
        mut next: Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        self.recent = Recent::NONE;
        self.slice.clear();
        self.merge_slices(watermark, &mut next);
        let mut last = None;
        while let Some(span) = self.spans.due_behind(last, watermark) {
            last = Some(span);
            if self.expiry(span.close) <= watermark {
                self.finish(span, &mut next);
            } else if self.spans.fire(span) {
                self.all_changed(span);
                self.emit_pane(span, Pane::OnTime, &mut next);
            }
        }
        self.next = self.spans.next(self.allowed);
    }

    /// Takes a window out; what it came to is put out, unless it has been.
    fn finish<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        span: Span,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let WindowTables { id, logic, spans, record, .. } = self;
        let (slots, fired) = spans.remove(span);
        record.drop_all(slots);
        for WindowSlot { key, state, .. } in slots.table.drain() {
            if fired {
                continue;
            }
            let mut held = None;
            named_for(id, &key, || {
                logic.on_close(state, &mut |value| {
                    // The key goes with the last one, which is mostly the only one.
                    if let Some(before) = held.replace(value) {
                        next.push((key.clone(), in_pane(span, Pane::OnTime, before)));
                    }
                });
            });
            if let Some(value) = held {
                next.push((key, in_pane(span, Pane::OnTime, value)));
            }
        }
    }

    /// Makes it news what a window has come to, whether or not it has been put out early.
    fn all_changed(&mut self, span: Span) {
        if self.early.is_some() {
            self.spans.held(span.place).slots.table.iter_mut().for_each(|slot| slot.flag.set_emitted(false));
        }
    }

    /// Puts out what a window has come to so far, for each key of which that is news.
    fn emit_pane<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        span: Span,
        pane: Pane,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let WindowTables { id, logic, spans, .. } = self;
        for slot in spans.held(span.place).slots.table.iter_mut().filter(|slot| !slot.flag.is_emitted()) {
            emit_pane_of_key(id, &**logic, slot, span, pane, next);
        }
    }
}

fn in_pane<O, V>(span: Span, pane: Pane, value: O) -> WindowOut<O, V> {
    let Span { id, open, close, .. } = span;
    InTime::Value(Windowed { id, open, close, pane, merged: Vec::new(), value })
}

/// Puts out what a window of a key holds, which stays.
fn emit_pane_of_key<K: Key, V, L: WindowLogic<V>, P: Push<(K, WindowOut<L::Out, V>)>>(
    id: &'static str,
    logic: &L,
    slot: &mut WindowSlot<K, L::State>,
    span: Span,
    pane: Pane,
    next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
) {
    slot.flag.set_emitted(true);
    named_for(id, &slot.key, || {
        let state = logic.copy(&slot.state);
        logic.on_close(state, &mut |value| next.push((slot.key.clone(), in_pane(span, pane, value))));
    });
}
