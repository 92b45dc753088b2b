//! The windows into which the last values went: nearly every value goes there too.

use super::spans::{Place, Span};
use crate::clock::Timestamp;

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
        (self.from, self.to) = (from.max(EARLIEST), to);
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

/// The earliest time that a value can have: the one before stands for none, and is in no window.
const EARLIEST: Timestamp = Timestamp(i64::MIN + 1);

/// A window that is apart from the others.
#[derive(Clone, Copy)]
pub(super) struct Near {
    from: Timestamp,
    to: Timestamp,
    pub(super) place: Place,
}

impl Near {
    const NONE: Near = Near { from: Timestamp::MAX, to: Timestamp::MIN, place: 0 };

    fn to(Span { open, close, place, .. }: Span) -> Self {
        Near { from: open.max(EARLIEST), to: close, place }
    }

    #[inline(always)]
    pub(super) fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// The windows into which the last values went, into one of which nearly every value goes.
pub(super) struct Recent {
    /// Of windows that are apart. Who looks has a branch for each: a processor goes on along the likely one, and would wait
    /// for a choice between the two.
    pub(super) near: [Near; 2],
    /// Of windows that overlap.
    pub(super) slice: Slice,
}

impl Recent {
    pub(super) fn none() -> Self {
        Recent { near: [Near::NONE; 2], slice: Slice::none() }
    }

    pub(super) fn clear(&mut self) {
        self.near = [Near::NONE; 2];
        self.slice.clear();
    }

    /// A value has gone into this window and no other.
    pub(super) fn note(&mut self, span: Span) {
        self.near = [Near::to(span), self.near[0]];
    }
}
