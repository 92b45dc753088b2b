//! The window step where one watermark counts for all keys: a slot for each key and window, so that a value is one look into
//! the table, and a window closes as a whole.

mod kept;
mod putting;

pub(super) use kept::resumed_at;

use super::keeper::Keeper;
use super::keyed::{InTime, Options, WindowOut};
use super::logic::WindowLogic;
use super::spans::{Recent, Span, Spans};
use super::windowed::{Pane, Windowed};
use super::windower::{Takes, Window, Windower};
use crate::clock::{Moment, Timestamp, micros};
use crate::data::{Data, Key};
use crate::state::{Record, Slot, Table};
use crate::stream::{Down, Push, named_for};
use crate::worker::WorkerCx;
use serde::{Deserialize, Serialize};
use std::rc::Rc;
use std::time::Duration;

/// Which pane of which key.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct PaneKey<K> {
    pub(super) window: i64,
    pub(super) key: K,
}

/// What a window of a key holds. It has no timer.
type PaneSlot<K, S> = Slot<PaneKey<K>, S, Unshown>;

/// Whether a pane has changed since it was put out: one that comes out of a snapshot may have.
struct Unshown(bool);

impl Default for Unshown {
    fn default() -> Self {
        Unshown(true)
    }
}

/// The windows of all keys on one worker.
pub(crate) struct Panes<K, V, C: Keeper, W, L: WindowLogic<V>> {
    id: &'static str,
    keeper: C,
    /// There is one watermark, so that one mark serves for all keys.
    mark: C::Mark,
    windower: Rc<W>,
    logic: Rc<L>,
    early: Option<Duration>,
    /// When what is open is put out, where something has changed.
    early_at: Option<Timestamp>,
    allowed: i64,
    table: Table<PaneKey<K>, L::State, Unshown>,
    spans: Spans,
    recent: Recent,
    /// The watermark at which something is to be done.
    next: Timestamp,
    record: Record<PaneKey<K>>,
    now: Moment,
    /// The windows of a value: kept for its memory.
    found: Vec<Window>,
}

impl<K, V, C, W, L> Panes<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    pub(crate) fn new(
        id: &'static str,
        keeper: C,
        windower: Rc<W>,
        logic: Rc<L>,
        options: Options,
        worker: &Rc<WorkerCx>,
    ) -> Self {
        let now = worker.moment();
        Panes {
            id,
            mark: keeper.start(Timestamp::MIN, &now),
            keeper,
            windower,
            logic,
            early: options.early,
            early_at: None,
            allowed: micros(options.allowed_lateness),
            table: Table::new(),
            spans: Spans::default(),
            recent: Recent::none(),
            next: Timestamp::MAX,
            record: Record::new(id, worker),
            now,
            found: Vec::new(),
        }
    }

    /// The watermark by which nothing can go into a window any more.
    fn gone(&self, close: Timestamp) -> Timestamp {
        Timestamp(close.0.saturating_add(self.allowed))
    }

    /// Closes what the watermark has passed.
    #[inline(always)]
    fn close_due<P: Push<(K, WindowOut<L::Out, V>)>>(&mut self, next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>) {
        let watermark = self.keeper.shared();
        if self.next <= watermark {
            self.close(watermark, next);
        }
    }

    #[inline(never)]
    fn close<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        watermark: Timestamp,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        self.recent.clear();
        let mut last = None;
        while let Some(span) = self.spans.due_behind(last, watermark) {
            last = Some(span);
            if self.gone(span.close) <= watermark {
                self.finish(span, next);
            } else if self.spans.tell(span) {
                self.all_changed(span);
                self.show(span, Pane::OnTime, next);
            }
        }
        self.next = self.spans.next(self.allowed);
    }

    /// Takes a window out of the table; what it came to is put out, unless it has been.
    fn finish<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        span: Span,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let (hashes, told) = self.spans.remove(span);
        let Panes { id, logic, table, record, .. } = self;
        for hash in hashes {
            // Mostly one: two keys of one hash are found one after the other.
            while let Some(mut entry) = table.find_entry(hash, |slot| slot.key.window == span.id) {
                record.touch(entry.get_mut());
                record.goes(entry.get());
                let (Slot { key, state, .. }, _) = entry.remove();
                if !told {
                    let mut held = None;
                    named_for(id, &key.key, || {
                        logic.on_close(state, &mut |value| {
                            // The key goes with the last one, which is mostly the only one.
                            if let Some(before) = held.replace(value) {
                                next.push((key.key.clone(), in_pane(span, Pane::OnTime, before)));
                            }
                        });
                    });
                    if let Some(value) = held {
                        next.push((key.key, in_pane(span, Pane::OnTime, value)));
                    }
                }
            }
        }
    }

    /// Makes it news what a window has come to, whether or not it has been put out early.
    fn all_changed(&mut self, span: Span) {
        if self.early.is_some() {
            for &hash in self.spans.hashes(span) {
                let shown = |slot: &PaneSlot<K, L::State>| slot.key.window == span.id && !slot.timer.0;
                while let Some(slot) = self.table.find_by(hash, shown) {
                    slot.timer = Unshown(true);
                }
            }
        }
    }

    /// Puts out what a window has come to so far, for each key of which that is news.
    fn show<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        span: Span,
        pane: Pane,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let Panes { id, logic, table, spans, .. } = self;
        for &hash in spans.hashes(span) {
            let wanted = |slot: &PaneSlot<K, L::State>| slot.key.window == span.id && slot.timer.0;
            while let Some(slot) = table.find_by(hash, wanted) {
                show_one(id, &**logic, slot, span, pane, next);
            }
        }
    }
}

fn in_pane<O, V>(span: Span, pane: Pane, value: O) -> WindowOut<O, V> {
    let Span { id, open, close, .. } = span;
    InTime::Value(Windowed { id, open, close, pane, merged: Vec::new(), value })
}

/// Puts out what a window of a key holds, which stays.
fn show_one<K: Key, V, L: WindowLogic<V>, P: Push<(K, WindowOut<L::Out, V>)>>(
    id: &'static str,
    logic: &L,
    slot: &mut PaneSlot<K, L::State>,
    span: Span,
    pane: Pane,
    next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
) {
    slot.timer = Unshown(false);
    named_for(id, &slot.key.key, || {
        let state = logic.copy(&slot.state);
        logic.on_close(state, &mut |value| next.push((slot.key.key.clone(), in_pane(span, pane, value))));
    });
}
