//! The windows into which the last values went: nearly every value goes there too.

use super::spans::{Span, SpanIndex};
use crate::base::clock::Timestamp;

/// The earliest time that a value can have: the one before stands for none, and is in no window.
const EARLIEST: Timestamp = Timestamp(i64::MIN + 1);

/// The windows into which the last values went, where no time is in two of them. Who looks has a branch for each: a processor
/// goes on along the likely one, and would wait for a choice between the two.
pub(crate) struct Recent(pub(crate) [RecentSpan; 2]);

/// One of them.
#[derive(Clone, Copy)]
pub(crate) struct RecentSpan {
    from: Timestamp,
    to: Timestamp,
    pub(crate) place: SpanIndex,
}

impl RecentSpan {
    /// One in which no time is.
    const NONE: RecentSpan = RecentSpan { from: Timestamp::MAX, to: Timestamp::MIN, place: 0 };

    #[inline(always)]
    pub(crate) fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

impl Recent {
    pub(crate) const NONE: Recent = Recent([RecentSpan::NONE; 2]);

    /// A value has gone into this window.
    pub(crate) fn note(&mut self, Span { open, close, place, .. }: Span) {
        self.0 = [RecentSpan { from: open.max(EARLIEST), to: close, place }, self.0[0]];
    }
}

/// The windows into which the last value went, where there were several: those of its interval go there too.
pub(crate) struct Slice {
    from: Timestamp,
    to: Timestamp,
    spans: Vec<Span>,
}

impl Slice {
    /// One in which no time is.
    pub(crate) fn none() -> Self {
        Slice { from: Timestamp::MAX, to: Timestamp::MIN, spans: Vec::new() }
    }

    pub(crate) fn clear(&mut self) {
        self.from = Timestamp::MAX;
    }

    pub(crate) fn begin(&mut self, (from, to): (Timestamp, Timestamp), spans: impl Iterator<Item = Span>) {
        (self.from, self.to) = (from.max(EARLIEST), to);
        self.spans.clear();
        self.spans.extend(spans);
    }

    #[inline(always)]
    pub(crate) fn has(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// The number of windows.
    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    pub(crate) fn get(&self, number: usize) -> Option<Span> {
        self.spans.get(number).copied()
    }
}
