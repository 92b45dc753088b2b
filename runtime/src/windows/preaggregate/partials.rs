//! Values put together: what the values of a key and an interval come to is a part of each window that they are in. An
//! interval is a window where none overlap, else a slice in which all times are in the same windows.

use super::recent::Recent;
use super::slot::WindowSlot;
use super::spans::{SpanIndex, Spans};
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key};
use crate::state::Drain;
use crate::stream::{named, named_for};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::{Kind, Overlap, Window, Windower};

/// The parts of some values, by interval and key.
pub(crate) struct Partials<K: Key, S: Data> {
    spans: Spans<K, S>,
    recent: Recent,
    /// The watermark at which an interval closes, and its parts go where they belong.
    next: Timestamp,
    /// How many values a part must be of, or it costs more than it spares: for each there is a look into one more table.
    worth_while: usize,
    /// How many values have been put together since parts were last given away.
    combined: usize,
    /// How many values are to be left as they are, for of those before hardly any two had a key and an interval in common.
    bypass: usize,
    /// The windows of a value: kept for its memory.
    found: Vec<Window>,
}

/// For how many times as many values they are left as they are before it is tried again.
const AGAIN_BEHIND: usize = 50;

/// The step for which values are put together.
pub(crate) struct ForStep<'a, W, L> {
    pub(crate) id: &'static str,
    pub(crate) windower: &'a W,
    pub(crate) logic: &'a L,
}

impl<K: Key, S: Data> Partials<K, S> {
    pub(crate) fn new(worth_while: usize) -> Self {
        Partials {
            spans: Spans::new(),
            recent: Recent::NONE,
            next: Timestamp::MAX,
            worth_while,
            combined: 0,
            bypass: 0,
            found: Vec::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.spans.len()
    }

    /// The watermark at which an interval closes.
    #[inline(always)]
    pub(crate) fn next(&self) -> Timestamp {
        self.next
    }

    /// So many values have been `put`: who puts them counts, in a register.
    #[inline(always)]
    pub(crate) fn count(&mut self, values: usize) {
        self.combined += values;
    }

    /// Puts a value to those of its key and interval.
    ///
    /// # Errors
    /// The key and the value, where it is to be left as it is: because that costs less, or its interval has closed.
    #[inline(always)]
    pub(crate) fn put<V, W, L>(
        &mut self,
        of: &ForStep<'_, W, L>,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
    ) -> Result<(), (K, V)>
    where
        W: Windower,
        L: WindowLogic<V, State = S>,
    {
        let [newest, other] = self.recent.0;
        if newest.has(at) {
            self.put_into(of, hash, key, newest.place, at, value);
            return Ok(());
        }
        if other.has(at) {
            self.put_into(of, hash, key, other.place, at, value);
            return Ok(());
        }
        if self.bypass > 0 {
            self.bypass -= 1;
            // Of an interval that is there all go the same way, so that they meet in the order in which they came.
            if self.spans.len() == 0 {
                return Err((key, value));
            }
        }
        self.put_far(of, hash, key, at, value, watermark)
    }

    /// Puts a value into an interval that is none of the last.
    #[inline(never)]
    fn put_far<V, W: Windower, L: WindowLogic<V, State = S>>(
        &mut self,
        of: &ForStep<'_, W, L>,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        watermark: Timestamp,
    ) -> Result<(), (K, V)> {
        let Some(place) = self.open(of, at, watermark) else { return Err((key, value)) };
        self.put_into(of, hash, key, place, at, value);
        Ok(())
    }

    #[inline(always)]
    fn put_into<V, W, L: WindowLogic<V, State = S>>(
        &mut self,
        ForStep { id, logic, .. }: &ForStep<'_, W, L>,
        hash: u64,
        key: K,
        place: SpanIndex,
        at: Timestamp,
        value: V,
    ) {
        let table = &mut self.spans.held(place).slots.table;
        // Nothing comes out before the window closes: that is what `COMBINES` says.
        if let Some(slot) = table.find(hash, &key) {
            named_for(id, &slot.key, || logic.on_value(&mut slot.state, at, value, &mut |_| {}));
        } else {
            let state = named_for(id, &key, || logic.start(at, value, &mut |_| {}));
            self.spans.insert(place, hash, WindowSlot::new(key, state));
        }
    }

    /// The interval of a time, if values of it are to be put together.
    fn open<W: Windower, L>(
        &mut self,
        of: &ForStep<'_, W, L>,
        at: Timestamp,
        watermark: Timestamp,
    ) -> Option<SpanIndex> {
        if at == Timestamp::MIN {
            return None;
        }
        named(of.id, || of.windower.windows_of(at, &mut |window| self.found.push(window)));
        let first = self.found.first().copied();
        let only = self.found.len() == 1;
        self.found.clear();
        let interval = match <W::Overlap as Overlap>::KIND {
            Kind::Overlapping => {
                let (open, close) = of.windower.same_windows(at);
                if close.0.saturating_sub(open.0) <= 1 {
                    // Nobody has said more of these windows, nor will.
                    self.bypass = usize::MAX;
                    return None;
                }
                Window { id: 0, open, close: first.map(|_| close)? }
            }
            _ => first.filter(|_| only)?,
        };
        if interval.close <= watermark || (self.bypass > 0 && self.spans.untold_one(&interval).is_none()) {
            return None;
        }
        let place = self.place(interval);
        Some(place)
    }

    fn place(&mut self, interval: Window) -> SpanIndex {
        let (span, _) = self.spans.open(interval, Timestamp::MIN);
        self.next = self.next.min(span.close);
        self.recent.note(span);
        span.place
    }

    /// Puts what values come to that were put together elsewhere to those of their keys.
    pub(crate) fn merge<V, W, L: WindowLogic<V, State = S>>(
        &mut self,
        ForStep { id, logic, .. }: &ForStep<'_, W, L>,
        interval: Window,
        partials: impl Iterator<Item = (u64, K, S)>,
    ) {
        let place = self.place(interval);
        for (hash, key, part) in partials {
            let table = &mut self.spans.held(place).slots.table;
            match table.find(hash, &key) {
                Some(slot) => named_for(id, &slot.key, || logic.merge(&mut slot.state, part)),
                None => _ = self.spans.insert(place, hash, WindowSlot::new(key, part)),
            }
        }
    }

    /// Gives away the parts of the intervals that close by `watermark`.
    pub(crate) fn give_due(&mut self, watermark: Timestamp, mut give: impl FnMut(Window, Drain<'_, WindowSlot<K, S>>)) {
        self.recent = Recent::NONE;
        let mut partials = 0;
        while let Some(span) = self.spans.due_behind(None, watermark) {
            let (slots, _) = self.spans.remove(span);
            partials += slots.table.len();
            give(Window { id: span.id, open: span.open, close: span.close }, slots.table.drain());
        }
        self.next = self.spans.next(0);
        let combined = std::mem::take(&mut self.combined);
        if combined < self.worth_while * partials {
            self.bypass = AGAIN_BEHIND * combined;
        }
    }
}
