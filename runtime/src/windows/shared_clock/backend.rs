//! What the core asks of panes: rows, time that goes by, and what a snapshot is to have.

use super::WindowTables;
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::{Data, Key, hash_key};
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::state::{HashedRow, StateBackend, TimeDomain};
use crate::stream::{Down, Push};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::Pane;
use crate::windows::assign::{Takes, Windower};
use crate::windows::by_key::WindowOut;
use crate::windows::by_key::saved;
use crate::windows::clocks::WatermarkTracker;
use crate::windows::clocks::{Row, WindowRow};
use crate::windows::preaggregate::ForStep;
use crate::windows::preaggregate::Span;
use crate::windows::preaggregate::{WindowKey, WindowSlot};
use crate::worker::WorkerCx;
use std::time::Duration;

/// What is kept for all keys of a worker: the watermark, and the windows that are open, each with whether it has been told.
type Saved = (Option<Timestamp>, Vec<(i64, Timestamp, Timestamp, bool)>);

/// How far time had come in the execution before: a sender's own watermark begins anew.
pub(in crate::windows) fn resumed_at(id: &'static str, worker: &WorkerCx) -> Timestamp {
    let saved = worker.snapshots.iter().flat_map(|snapshots| snapshots.saved(id));
    // Where it cannot be read, the step itself says so.
    saved.filter_map(|saved| saved::decode::<Saved>(&saved).ok()?.0).max().unwrap_or(Timestamp::MIN)
}

impl<K, V, R, C, W, L> StateBackend<K, R> for WindowTables<K, V, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<K, C::Stamp, V, L::State>,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    type Out = WindowOut<L::Out, V>;
    const HEARS: bool = C::HEARS;

    fn senders(&mut self, from_start: Vec<bool>) {
        self.tracker.senders(from_start);
    }

    fn resume(&mut self) -> Result<(), Fault> {
        for saved in self.record.saved() {
            let (watermark, spans) = saved::decode::<Saved>(&saved)?;
            watermark.into_iter().for_each(|watermark| self.tracker.restore(watermark));
            self.spans.restore(spans);
        }
        let WindowTables { spans, record, .. } = self;
        let by_id = spans.by_id();
        record.resume(spans, |spans, WindowKey { window, key }, state, flag| {
            let unknown = || Fault::new(format!("the snapshot does not say when window {window} is"));
            let span = *by_id.get(&window).ok_or_else(unknown)?;
            spans.insert(span.place, hash_key(&key), WindowSlot { key, state, flag });
            Ok(())
        });
        // The others had keys on other workers only.
        spans.drop_empty();
        self.next = self.spans.next(self.allowed);
        Ok(())
    }

    fn len(&self) -> usize {
        self.spans.len() + self.slices.len()
    }

    fn begin(&mut self, now: Moment) -> bool {
        self.now = now;
        self.tracker.begin(&now);
        self.next() <= self.tracker.shared() || StateBackend::<K, R>::wake_at(self).is_some_and(|at| at <= now.system)
    }

    fn catch_up<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        self.tracker.on_wake(&self.now);
        if self.early_at.take_if(|at| *at <= self.now.system).is_some() {
            let open: Vec<Span> = self.spans.unfired().collect();
            open.into_iter().for_each(|span| self.emit_pane(span, Pane::Early, next));
        }
        self.close_due(next);
    }

    #[inline(always)]
    fn take<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        (hash, key, row): HashedRow<K, R>,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        let (stamp, value) = match row.open() {
            Row::Value(stamp, value) => (stamp, value),
            Row::Partials(partials) => return self.take_partials(*partials, next.again()),
        };
        if self.tracker.hears_row(from, &stamp) {
            self.close_due(next);
        }
        let at = self.tracker.time_of(&stamp);
        if Self::SLICES && self.early.is_none() {
            let of = ForStep { id: self.id, windower: &*self.windower, logic: &*self.logic };
            if let Err((key, value)) = self.slices.put(&of, hash, key, at, value, self.tracker.shared()) {
                self.take_far(hash, key, at, value, next.again());
            } else {
                self.slices.count(1);
            }
            return;
        }
        // Nearly every value goes into one of the windows into which the ones before it went.
        let [newest, other] = self.recent.0;
        if newest.has(at) {
            self.put(hash, key, newest.place, at, value, Pane::Early, next);
        } else if other.has(at) {
            self.put(hash, key, other.place, at, value, Pane::Early, next);
        } else {
            self.take_far(hash, key, at, value, next.again());
        }
    }

    fn hear<P: Push<(K, Self::Out)>>(
        &mut self,
        from: usize,
        watermark: Timestamp,
        next: &mut Down<'_, (K, Self::Out), P>,
    ) {
        self.tracker.hears(from, watermark, &self.now);
        self.close_due(next);
    }

    fn end_epoch<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        // A snapshot has windows.
        if self.record.is_on() {
            self.merge_slices(Timestamp::MAX, next);
        }
    }

    fn end<P: Push<(K, Self::Out)>>(&mut self, next: &mut Down<'_, (K, Self::Out), P>) {
        // Nothing can correct what comes out now.
        let allowed = std::mem::take(&mut self.allowed);
        self.close(Timestamp::MAX, next.again());
        self.allowed = allowed;
    }

    fn record(&mut self, end: EpochEnd) {
        let WindowTables { tracker, spans, record, .. } = self;
        record.end_epoch(end, spans, |spans| saved::encode::<Saved>(&(tracker.save(), spans.save())));
    }

    fn write_some(&mut self, time: Duration) -> bool {
        self.record.write_some(&mut self.spans, Some(time))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        let closes = Some(self.next()).filter(|next| C::TIME_DOMAIN == TimeDomain::System && *next != Timestamp::MAX);
        self.early_at.into_iter().chain(self.tracker.wake_at()).chain(closes).min()
    }
}
