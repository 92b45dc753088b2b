//! The window step where one watermark counts for all keys: a slot for each key and window, so that a value is one look into
//! the table, and a window closes as a whole.

use super::keeper::Keeper;
use super::keyed::{InTime, Options, WindowOut};
use super::logic::WindowLogic;
use super::parts::{Row, WindowRow};
use super::spans::{Slice, Span, Spans};
use super::windowed::{Pane, Windowed};
use super::windower::{Kind, Overlap, Takes, Window, Windower};
use crate::clock::{Moment, Timestamp, micros};
use crate::data::{Data, Key, hash_key};
use crate::error::Fault;
use crate::state::{Kept, Keyed, Record, Slot, Table};
use crate::stream::{Down, Push, named, named_for};
use crate::time::EpochEnd;
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

/// What a window of a key holds; whether that has changed since it was put out stands in place of a timer.
type PaneSlot<K, S> = Slot<PaneKey<K>, S, Changed>;

/// A pane that comes out of a snapshot may have changed.
struct Changed(bool);

impl Default for Changed {
    fn default() -> Self {
        Changed(true)
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
    table: Table<PaneKey<K>, L::State, Changed>,
    spans: Spans,
    /// The windows into which the last values went.
    near: [Span; 2],
    /// The same, of windows that overlap.
    slice: Slice,
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
            near: [Span::NONE; 2],
            slice: Slice::none(),
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
        self.near = [Span::NONE; 2];
        self.slice.clear();
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
                    slot.timer = Changed(true);
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

    /// Takes a value that does not simply go into one of the windows before.
    #[inline(never)]
    fn take_far<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let watermark = self.keeper.shared();
        let mut found = std::mem::take(&mut self.found);
        named(self.id, || self.windower.windows_of(at, &mut |window| found.push(window)));
        let all = found.len();
        found.retain(|window| self.gone(window.close) > watermark);
        let all_open = found.len() == all && all > 0;
        match found.split_last() {
            None => next.push((key, InTime::Late(value))),
            Some((last, others)) => {
                for window in others {
                    if let Some(copy) = <W::Overlap as Takes<V>>::again(&value) {
                        self.put_into(hash, key.clone(), *window, at, copy, next);
                    }
                }
                self.put_into(hash, key, *last, at, value, next);
            }
        }
        if <W::Overlap as Overlap>::KIND == Kind::Overlapping && all_open {
            let spans = found.iter().filter_map(|window| self.spans.untold_one(window));
            self.slice.begin(self.windower.same_windows(at), spans);
            if self.slice.len() < found.len() {
                self.slice.clear();
            }
        }
        found.clear();
        self.found = found;
    }

    /// Puts a value into all windows of the slice.
    #[inline(never)]
    fn put_into_slice<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let last = self.slice.len().saturating_sub(1);
        for number in 0..last {
            if let (Some(span), Some(copy)) = (self.slice.get(number), <W::Overlap as Takes<V>>::again(&value)) {
                self.put(hash, key.clone(), span, at, copy, Pane::Early, next);
            }
        }
        if let Some(span) = self.slice.get(last) {
            self.put(hash, key, span, at, value, Pane::Early, next);
        }
    }

    fn put_into<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        window: Window,
        at: Timestamp,
        value: V,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let (span, told) = self.spans.open(window, self.keeper.shared());
        self.next = self.next.min(if told { self.gone(span.close) } else { span.close });
        if told {
            let pane = PaneKey { window: span.id, key: key.clone() };
            self.put::<P>(hash, key, span, at, value, Pane::Late, next);
            let Panes { id, logic, table, .. } = self;
            if let Some(slot) = table.find_by(hash ^ span.salt, |slot| slot.key == pane) {
                show_one(id, &**logic, slot, span, Pane::Late, next);
            }
            return;
        }
        if <W::Overlap as Overlap>::KIND == Kind::Apart {
            self.near = [span, self.near[0]];
        }
        self.put::<P>(hash, key, span, at, value, Pane::Early, next);
    }

    /// Puts a value into a window that is there.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "it is one row, taken apart")]
    fn put<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        span: Span,
        at: Timestamp,
        value: V,
        pane: Pane,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let Panes { id, logic, table, spans, record, early, early_at, now, .. } = self;
        let hash = hash ^ span.salt;
        let pane_key = PaneKey { window: span.id, key };
        let (mut entry, mut spare) =
            table.find_or_insert(hash, pane_key, |pane| (named_for(id, &pane.key, || logic.start()), Changed(true)));
        if spare.is_none() {
            spans.note(span, hash);
        }
        let slot = entry.get_mut();
        record.touch(slot);
        slot.timer = Changed(true);
        named_for(id, &slot.key.key, || {
            logic.on_value(&mut slot.state, at, value, &mut |out| {
                // The key that came with the value serves for its first output, which is mostly the only one.
                let key = spare.take().map_or_else(|| slot.key.key.clone(), |spare| spare.key);
                next.push((key, in_pane(span, pane, out)));
            });
        });
        if early.is_some() && early_at.is_none() {
            *early_at = early.map(|early| now.system.after(early));
        }
    }

    /// Takes in what the values of another worker came to.
    fn take_part<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        (window, part): (Window, L::State),
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let (span, told) = self.spans.open(window, self.keeper.shared());
        self.next = self.next.min(if told { self.gone(span.close) } else { span.close });
        let Panes { id, logic, table, spans, record, .. } = self;
        let hash = hash ^ span.salt;
        let mut part = Some(part);
        let start = |_: &PaneKey<K>| (part.take().unwrap_or_else(|| logic.start()), Changed(true));
        let (mut entry, spare) = table.find_or_insert(hash, PaneKey { window: span.id, key }, start);
        if spare.is_none() {
            spans.note(span, hash);
        }
        let slot = entry.get_mut();
        record.touch(slot);
        slot.timer = Changed(true);
        if let Some(part) = part {
            named_for(id, &slot.key.key, || logic.merge(&mut slot.state, part));
        }
        // Its sender says behind it how far time has come, so that the window is open; should it not be, nothing is lost.
        if told {
            show_one(id, &**logic, slot, span, Pane::Late, next);
        }
    }

    fn save(&self) -> Vec<u8> {
        let saved: Saved = (self.keeper.save(), self.spans.save());
        if saved == Saved::default() { Vec::new() } else { rmp_serde::to_vec(&saved).unwrap_or_default() }
    }
}

/// What is kept for all keys of a worker: the watermark, and the windows that are open, each with whether it has been told.
type Saved = (Option<Timestamp>, Vec<(i64, Timestamp, Timestamp, bool)>);

fn read(saved: &[u8]) -> Result<Saved, Fault> {
    if saved.is_empty() {
        return Ok(Saved::default());
    }
    rmp_serde::from_slice(saved)
        .map_err(|error| Fault::new("what a window step knew of all its keys cannot be read").cause(error))
}

/// How far time had come in the execution before: a sender's own watermark begins anew.
pub(super) fn resumed_at(id: &'static str, worker: &WorkerCx) -> Timestamp {
    let saved = worker.snapshots.iter().flat_map(|snapshots| snapshots.saved(id));
    // Where it cannot be read, the step itself says so.
    saved.filter_map(|saved| read(&saved).ok()?.0).max().unwrap_or(Timestamp::MIN)
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
    slot.timer = Changed(false);
    named_for(id, &slot.key.key, || {
        let state = logic.copy(&slot.state);
        logic.on_close(state, &mut |value| next.push((slot.key.key.clone(), in_pane(span, pane, value))));
    });
}

impl<K, V, R, C, W, L> Kept<K, R> for Panes<K, V, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<C::Stamp, V, L::State>,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;

    fn senders(&mut self, from_start: Vec<bool>) {
        self.keeper.senders(from_start);
    }

    fn resume(&mut self) -> Result<(), Fault> {
        for saved in self.record.saved() {
            let (watermark, spans) = read(&saved)?;
            watermark.into_iter().for_each(|watermark| self.keeper.restore(watermark));
            self.spans.restore(spans);
        }
        let Panes { table, spans, record, .. } = self;
        let by_id = spans.by_id();
        let salt = |window| by_id.get(&window).map_or(0, |span| span.salt);
        record.resume(table, |pane| hash_key(&pane.key) ^ salt(pane.window));
        for Slot { key: PaneKey { window, .. }, hash, .. } in table.iter() {
            let unknown = || Fault::new(format!("the snapshot does not say when window {window} is"));
            spans.note(*by_id.get(window).ok_or_else(unknown)?, *hash);
        }
        // The others had keys on other workers only.
        spans.drop_empty();
        self.next = self.spans.next(self.allowed);
        Ok(())
    }

    fn len(&self) -> usize {
        self.table.len()
    }

    fn begin(&mut self, now: Moment) -> bool {
        self.now = now;
        self.next <= self.keeper.shared() || Kept::<K, R>::wake_at(self).is_some_and(|at| at <= now.system)
    }

    fn catch_up<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        self.keeper.on_wake(&self.now);
        if self.early_at.take_if(|at| *at <= self.now.system).is_some() {
            let open: Vec<Span> = self.spans.untold().collect();
            open.into_iter().for_each(|span| self.show(span, Pane::Early, next));
        }
        self.close_due(next);
    }

    #[inline(always)]
    fn take<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        (hash, key, row): Keyed<K, R>,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        let (stamp, value) = match row.open() {
            Row::Value(stamp, value) => (stamp, value),
            Row::Part(part) => return self.take_part(hash, key, *part, next),
        };
        self.keeper.hears_row(from, &stamp);
        self.close_due(next);
        let Some(at) = self.keeper.arrive(&mut self.mark, &stamp, &self.now) else {
            next.push((key, InTime::Late(value)));
            return;
        };
        // Nearly every value goes into one of the windows into which the ones before it went.
        let [newest, other] = self.near;
        if newest.has(at) {
            self.put(hash, key, newest, at, value, Pane::Early, next);
        } else if other.has(at) {
            self.put(hash, key, other, at, value, Pane::Early, next);
        } else if <W::Overlap as Overlap>::KIND == Kind::Overlapping && self.slice.has(at) {
            self.put_into_slice(hash, key, at, value, next);
        } else {
            self.take_far(hash, key, at, value, next);
        }
    }

    fn hear<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        watermark: Timestamp,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        self.keeper.hears(from, watermark, &self.now);
        self.close_due(next);
    }

    fn end<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        // Nothing can correct what comes out now.
        let allowed = std::mem::take(&mut self.allowed);
        self.close(Timestamp::MAX, next);
        self.allowed = allowed;
    }

    fn record(&mut self, end: EpochEnd) {
        let saved = self.save();
        let Panes { table, record, .. } = self;
        record.end_epoch(end, table, || saved);
        if end.is_last() {
            record.write_some(table, None);
        }
    }

    fn write_some(&mut self, time: Duration) -> bool {
        self.record.owes() && {
            self.record.write_some(&mut self.table, Some(time));
            self.record.owes()
        }
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.early_at.into_iter().chain(self.keeper.wake_at()).min()
    }
}
