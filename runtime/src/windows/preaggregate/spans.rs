//! The windows that are open for any key, in the order in which they close, each with a table of the keys that have
//! something in it.

use super::slot::WindowSlot;
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key};
use crate::state::{DirtySets, Tables, TrackedTable};
use crate::windows::assign::Window;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// A window, and where it is held.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) id: i64,
    pub(crate) open: Timestamp,
    pub(crate) close: Timestamp,
    pub(crate) place: SpanIndex,
}

/// Where a window is held.
pub(crate) type SpanIndex = usize;

impl Span {
    fn order(&self) -> Order {
        (self.close, self.open)
    }
}

/// The close of a window, and its open.
type Order = (Timestamp, Timestamp);

/// A window with what it holds.
pub(crate) struct Held<K: Key, S: Data> {
    pub(crate) span: Span,
    /// True once it has closed: it is kept for values that are late.
    fired: bool,
    pub(crate) slots: TrackedTable<WindowSlot<K, S>>,
}

/// The windows of one worker that are open, or closed and still to be corrected.
pub(crate) struct Spans<K: Key, S: Data> {
    /// Those that are not in `order` are empty, and kept for the memory of their tables.
    held: Vec<Held<K, S>>,
    free: Vec<SpanIndex>,
    order: BTreeMap<Order, SpanIndex>,
    /// The panes of all of them.
    slots: usize,
}

impl<K: Key, S: Data> Spans<K, S> {
    pub(crate) fn new() -> Self {
        Spans { held: Vec::new(), free: Vec::new(), order: BTreeMap::new(), slots: 0 }
    }

    /// How many panes there are.
    pub(crate) fn len(&self) -> usize {
        self.slots
    }

    /// The window, which is opened where it is not there, and whether it has been told.
    pub(crate) fn open(&mut self, window: Window, watermark: Timestamp) -> (Span, bool) {
        // Nothing had come before it closed.
        let fired = window.close <= watermark;
        let place = *self.order.entry((window.close, window.open)).or_insert_with(|| {
            let Window { id, open, close } = window;
            let place = self.free.pop().unwrap_or(self.held.len());
            let span = Span { id, open, close, place };
            match self.held.get_mut(place) {
                Some(held) => (held.span, held.fired, held.slots.of) = (span, fired, id),
                None => self.held.push(Held { span, fired, slots: TrackedTable::new(id) }),
            }
            place
        });
        let held = &self.held[place];
        (held.span, held.fired)
    }

    /// The window, where it is open and has not been told.
    pub(crate) fn untold_one(&self, window: &Window) -> Option<Span> {
        let held = &self.held[*self.order.get(&(window.close, window.open))?];
        (!held.fired).then_some(held.span)
    }

    /// The window that is held there.
    #[inline(always)]
    pub(crate) fn held(&mut self, place: SpanIndex) -> &mut Held<K, S> {
        &mut self.held[place]
    }

    /// Puts a pane in, of a key that has none in this window; what is to be known for its record comes with it.
    #[inline(always)]
    pub(crate) fn insert(
        &mut self,
        place: SpanIndex,
        hash: u64,
        slot: WindowSlot<K, S>,
    ) -> (&mut WindowSlot<K, S>, i64, &mut DirtySets) {
        self.slots += 1;
        let TrackedTable { table, of, dirty } = &mut self.held[place].slots;
        (table.insert(hash, slot), *of, dirty)
    }

    /// The first window behind `last` that closes by `watermark`.
    pub(crate) fn due_behind(&self, last: Option<Span>, watermark: Timestamp) -> Option<Span> {
        let behind = last.map_or(Bound::Unbounded, |last| Bound::Excluded(last.order()));
        let (_, place) = self.order.range((behind, Bound::Unbounded)).next()?;
        Some(self.held[*place].span).filter(|span| span.close <= watermark)
    }

    /// Notes that it has been told what a window came to; false where that was so.
    pub(crate) fn fire(&mut self, span: Span) -> bool {
        !std::mem::replace(&mut self.held[span.place].fired, true)
    }

    /// Takes a window out: its panes, which the caller takes out of their table, and whether it has been told.
    pub(crate) fn remove(&mut self, span: Span) -> (&mut TrackedTable<WindowSlot<K, S>>, bool) {
        if self.order.remove(&span.order()).is_some() {
            self.free.push(span.place);
        }
        let Held { slots, fired, .. } = &mut self.held[span.place];
        self.slots -= slots.table.len();
        (slots, *fired)
    }

    fn all(&self) -> impl Iterator<Item = &Held<K, S>> {
        self.order.values().map(|place| &self.held[*place])
    }

    /// The windows that have not been told.
    pub(crate) fn unfired(&self) -> impl Iterator<Item = Span> {
        self.all().filter(|held| !held.fired).map(|held| held.span)
    }

    /// The watermark at which the next one closes, or one that was told goes after `allowed`.
    pub(crate) fn next(&self, allowed: i64) -> Timestamp {
        let drop_slot = self.all().next().filter(|held| held.fired);
        let drop_slot = drop_slot.map(|held| Timestamp(held.span.close.0.saturating_add(allowed)));
        let closes = self.unfired().next().map(|span| span.close);
        drop_slot.into_iter().chain(closes).min().unwrap_or(Timestamp::MAX)
    }

    pub(crate) fn save(&self) -> Vec<(i64, Timestamp, Timestamp, bool)> {
        let saved = |Held { span, fired, .. }: &Held<K, S>| (span.id, span.open, span.close, *fired);
        self.all().map(saved).collect()
    }

    /// Takes back what a worker of the execution before had saved.
    pub(crate) fn restore(&mut self, saved: Vec<(i64, Timestamp, Timestamp, bool)>) {
        for (id, open, close, fired) in saved {
            let (span, _) = self.open(Window { id, open, close }, Timestamp::MIN);
            self.held[span.place].fired |= fired;
        }
    }

    /// The windows by their ids.
    pub(crate) fn by_id(&self) -> HashMap<i64, Span> {
        self.all().map(|held| (held.span.id, held.span)).collect()
    }

    /// Drops the windows that have no panes.
    pub(crate) fn drop_empty(&mut self) {
        let empty: Vec<Span> = self.all().filter(|held| held.slots.table.is_empty()).map(|held| held.span).collect();
        empty.into_iter().for_each(|span| _ = self.remove(span));
    }
}

impl<K: Key, S: Data> Tables<WindowSlot<K, S>> for Spans<K, S> {
    fn tables<'a>(&'a mut self) -> impl Iterator<Item = &'a mut TrackedTable<WindowSlot<K, S>>>
    where
        WindowSlot<K, S>: 'a,
    {
        self.held.iter_mut().map(|held| &mut held.slots)
    }
}
