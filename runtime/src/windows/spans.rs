//! The windows that are open for any key, in the order in which they close, and which keys have something in each.

use super::windower::Window;
use crate::clock::Timestamp;
use crate::data::GROUP_BITS;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// A window, and what tells its slots in the table from those of others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    pub(super) id: i64,
    pub(super) open: Timestamp,
    pub(super) close: Timestamp,
    /// Goes into the hash of a key that has something in it. The key group stays what it was.
    pub(super) salt: u64,
}

impl Span {
    /// The window in which no time is.
    pub(super) const NONE: Span = Span { id: 0, open: Timestamp::MAX, close: Timestamp::MIN, salt: 0 };

    fn of(Window { id, open, close }: Window) -> Span {
        // Windows that have the same id, as they can when the flow is changed between two executions, are still two.
        let bounds = (open.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (close.0 as u64).rotate_left(32);
        let mixed = bounds.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        Span { id, open, close, salt: (mixed ^ (mixed >> 32)) & !GROUP_BITS }
    }

    #[inline(always)]
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.open <= at && at < self.close
    }

    fn place(&self) -> Place {
        (self.close, self.open)
    }
}

/// The windows into which the last value went, where there were several: those of its stretch of time go there too.
pub(super) struct Slice {
    from: Timestamp,
    to: Timestamp,
    spans: Vec<Span>,
}

impl Slice {
    /// One in which no time is.
    pub(super) fn none() -> Self {
        Slice { from: Timestamp::MAX, to: Timestamp::MIN, spans: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.from = Timestamp::MAX;
    }

    pub(super) fn begin(&mut self, (from, to): (Timestamp, Timestamp), spans: impl Iterator<Item = Span>) {
        (self.from, self.to) = (from, to);
        self.spans.clear();
        self.spans.extend(spans);
    }

    #[inline(always)]
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The number of windows.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(super) fn get(&self, number: usize) -> Option<Span> {
        self.spans.get(number).copied()
    }
}

/// The windows into which the last values went, into one of which nearly every value goes.
pub(super) struct Recent {
    /// Of windows that are apart. Who looks has a branch for each: one for both would copy the window to memory first.
    pub(super) near: [Span; 2],
    /// Of windows that overlap.
    pub(super) slice: Slice,
}

impl Recent {
    pub(super) fn none() -> Self {
        Recent { near: [Span::NONE; 2], slice: Slice::none() }
    }

    pub(super) fn clear(&mut self) {
        self.near = [Span::NONE; 2];
        self.slice.clear();
    }

    /// A value has gone into this window and no other.
    pub(super) fn note(&mut self, span: Span) {
        self.near = [span, self.near[0]];
    }
}

/// The close of a window, and its open.
type Place = (Timestamp, Timestamp);

struct Held {
    span: Span,
    /// True once it has closed: it is kept for values that are late.
    told: bool,
    /// The hashes of the slots that are in it.
    hashes: Vec<u64>,
}

/// The windows of one worker that are open, or closed and still to be corrected.
#[derive(Default)]
pub(super) struct Spans {
    held: BTreeMap<Place, Held>,
    /// How many slots the window had that closed last: the next one will have as many.
    usual: usize,
}

impl Spans {
    /// The window, which is opened where it is not there, and whether it has been told.
    pub(super) fn open(&mut self, window: Window, watermark: Timestamp) -> (Span, bool) {
        let usual = self.usual;
        let held = self.held.entry((window.close, window.open)).or_insert_with(|| Held {
            span: Span::of(window),
            // Nothing had come before it closed.
            told: window.close <= watermark,
            hashes: Vec::with_capacity(usual),
        });
        (held.span, held.told)
    }

    /// The window, where it is open and has not been told.
    pub(super) fn untold_one(&self, window: &Window) -> Option<Span> {
        self.held.get(&(window.close, window.open)).filter(|held| !held.told).map(|held| held.span)
    }

    /// A slot has come into the window.
    #[cold]
    pub(super) fn note(&mut self, span: Span, hash: u64) {
        if let Some(held) = self.held.get_mut(&span.place()) {
            held.hashes.push(hash);
        }
    }

    pub(super) fn hashes(&self, span: Span) -> &[u64] {
        self.held.get(&span.place()).map_or(&[], |held| &held.hashes)
    }

    /// The first window behind `last` that closes by `watermark`.
    pub(super) fn due_behind(&self, last: Option<Span>, watermark: Timestamp) -> Option<Span> {
        let behind = last.map_or(Bound::Unbounded, |last| Bound::Excluded(last.place()));
        let (_, held) = self.held.range((behind, Bound::Unbounded)).next()?;
        Some(held.span).filter(|span| span.close <= watermark)
    }

    /// Notes that it has been told what a window came to; false where that was so.
    pub(super) fn tell(&mut self, span: Span) -> bool {
        self.held.get_mut(&span.place()).is_some_and(|held| !std::mem::replace(&mut held.told, true))
    }

    /// Takes a window out; the hashes of its slots, and whether it has been told.
    pub(super) fn remove(&mut self, span: Span) -> (Vec<u64>, bool) {
        let Some(Held { told, hashes, .. }) = self.held.remove(&span.place()) else { return (Vec::new(), true) };
        self.usual = hashes.len();
        (hashes, told)
    }

    /// The windows that have not been told.
    pub(super) fn untold(&self) -> impl Iterator<Item = Span> {
        self.held.values().filter(|held| !held.told).map(|held| held.span)
    }

    /// The watermark at which the next one closes, or one that was told goes after `allowed`.
    pub(super) fn next(&self, allowed: i64) -> Timestamp {
        let goes = self.held.values().next().filter(|held| held.told);
        let goes = goes.map(|held| Timestamp(held.span.close.0.saturating_add(allowed)));
        let closes = self.untold().next().map(|span| span.close);
        goes.into_iter().chain(closes).min().unwrap_or(Timestamp::MAX)
    }

    pub(super) fn save(&self) -> Vec<(i64, Timestamp, Timestamp, bool)> {
        let saved = |Held { span, told, .. }: &Held| (span.id, span.open, span.close, *told);
        self.held.values().map(saved).collect()
    }

    /// Takes back what a worker of the execution before had saved.
    pub(super) fn restore(&mut self, saved: Vec<(i64, Timestamp, Timestamp, bool)>) {
        for (id, open, close, told) in saved {
            let span = Span::of(Window { id, open, close });
            let held = self.held.entry(span.place()).or_insert(Held { span, told, hashes: Vec::new() });
            held.told |= told;
        }
    }

    /// The windows by their ids.
    pub(super) fn by_id(&self) -> HashMap<i64, Span> {
        self.held.values().map(|held| (held.span.id, held.span)).collect()
    }

    /// Drops the windows that have no slots.
    pub(super) fn drop_empty(&mut self) {
        self.held.retain(|_, held| !held.hashes.is_empty());
    }
}
