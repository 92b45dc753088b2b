//! Values put together before they are sent: what one worker's values of a window come to is a part of the window, and goes
//! to the worker that owns the key as the window closes, or the epoch ends.

use super::keeper::Keeper;
use super::logic::WindowLogic;
use super::recent::Recent;
use super::slot::PaneSlot;
use super::spans::{Place, Span, Spans};
use super::windower::{Kind, Overlap, Takes, Window, Windower};
use crate::clock::Timestamp;
use crate::data::{Data, IsKeyed, Key, hash_key};
use crate::state::Keyed;
use crate::stream::{OpState, Push, RoutePush, named, named_for};
use crate::time::EpochEnd;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use std::rc::Rc;

/// What goes to a window step for a key: a value and its stamp, or what some values come to.
#[derive(Serialize, Deserialize)]
pub(crate) enum Row<T, V, S> {
    Value(T, V),
    /// Behind a pointer, for there is one for many values, whose rows are not to be as large.
    Part(Box<(Window, S)>),
}

/// What travels to a window step: a [`Row`], or less where there are no parts.
pub(crate) trait WindowRow<T, V, S>: Data {
    fn value(stamp: T, value: V) -> Self;

    /// A part, where there are any.
    fn part(window: Window, state: S) -> Option<Self>;

    fn open(self) -> Row<T, V, S>;
}

impl<T: Data, V: Data, S: Data> WindowRow<T, V, S> for Row<T, V, S> {
    #[inline(always)]
    fn value(stamp: T, value: V) -> Self {
        Row::Value(stamp, value)
    }

    fn part(window: Window, state: S) -> Option<Self> {
        Some(Row::Part(Box::new((window, state))))
    }

    #[inline(always)]
    fn open(self) -> Self {
        self
    }
}

impl<T: Data, V: Data, S> WindowRow<T, V, S> for (T, V) {
    #[inline(always)]
    fn value(stamp: T, value: V) -> Self {
        (stamp, value)
    }

    fn part(_window: Window, _state: S) -> Option<Self> {
        None
    }

    #[inline(always)]
    fn open(self) -> Row<T, V, S> {
        Row::Value(self.0, self.1)
    }
}

/// The end of the chain that reads a source, where it puts values together.
pub(super) struct PartsPush<K: Key, V, R, C, W, L: WindowLogic<V>> {
    id: &'static str,
    windower: Rc<W>,
    logic: Rc<L>,
    spans: Spans<K, L::State>,
    recent: Recent,
    /// The watermark at which a window closes, and what it came to here goes.
    next: Timestamp,
    /// What closes by this watermark had closed in the execution before.
    resumed_at: Timestamp,
    /// How many values have been put together since parts were last sent.
    together: usize,
    /// How many values are to be sent as they are, for of those before hardly any two had a key and a window in common.
    apart: usize,
    route: RoutePush<Keyed<K, R>>,
    state: Rc<OpState>,
    /// The windows of a value: kept for its memory.
    found: Vec<Window>,
    types: PhantomData<fn(V, C)>,
}

impl<K, V, R, C, W, L> PartsPush<K, V, R, C, W, L>
where
    K: Key,
    V: Data,
    R: WindowRow<C::Stamp, V, L::State>,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    pub(super) fn new(
        id: &'static str,
        windower: Rc<W>,
        logic: Rc<L>,
        route: RoutePush<Keyed<K, R>>,
        state: Rc<OpState>,
        resumed_at: Timestamp,
    ) -> Self {
        PartsPush {
            id,
            windower,
            logic,
            spans: Spans::new(),
            recent: Recent::none(),
            next: Timestamp::MAX,
            resumed_at,
            together: 0,
            apart: 0,
            route,
            state,
            found: Vec::new(),
            types: PhantomData,
        }
    }

    #[inline(always)]
    fn put(&mut self, hash: u64, key: K, place: Place, at: Timestamp, value: V) {
        let PartsPush { id, logic, spans, .. } = self;
        let table = &mut spans.held(place).panes.table;
        // Nothing comes out before the window closes: that is what `COMBINES` says.
        if let Some(slot) = table.find(hash, &key) {
            named_for(id, &slot.key, || logic.on_value(&mut slot.state, at, value, &mut |_| {}));
        } else {
            let state = named_for(id, &key, || logic.start(at, value, &mut |_| {}));
            table.insert(hash, PaneSlot::new(key, state));
            spans.note();
        }
    }

    /// Takes a value that does not go into one of the windows before; what may be late is sent as it is.
    #[inline(never)]
    fn take_far(&mut self, own: &mut Vec<Keyed<K, R>>, hash: u64, key: K, stamp: C::Stamp, value: V) {
        let (at, watermark) = C::times(&stamp);
        if <W::Overlap as Overlap>::KIND == Kind::Overlapping && self.recent.slice.has(at) {
            self.put_into_slice(hash, key, at, value);
            return;
        }
        let watermark = watermark.max(self.resumed_at);
        let mut found = std::mem::take(&mut self.found);
        if at != Timestamp::MIN {
            named(self.id, || self.windower.windows_of(at, &mut |window| found.push(window)));
        }
        match found.split_last() {
            Some((last, others)) if found.iter().all(|window| window.close > watermark) => {
                for window in others {
                    if let Some(copy) = <W::Overlap as Takes<V>>::again(&value) {
                        self.put_into(hash, key.clone(), *window, at, copy);
                    }
                }
                self.put_into(hash, key, *last, at, value);
                if <W::Overlap as Overlap>::KIND == Kind::Overlapping {
                    let spans = found.iter().filter_map(|window| self.spans.untold_one(window));
                    self.recent.slice.begin(self.windower.same_windows(at), spans);
                }
            }
            _ => self.route.send_by_key(own, false, hash, (hash, key, R::value(stamp, value))),
        }
        found.clear();
        self.found = found;
    }

    /// Puts a value into all windows of the slice.
    fn put_into_slice(&mut self, hash: u64, key: K, at: Timestamp, value: V) {
        let last = self.recent.slice.len().saturating_sub(1);
        for number in 0..last {
            if let (Some(span), Some(copy)) = (self.recent.slice.get(number), <W::Overlap as Takes<V>>::again(&value)) {
                self.put(hash, key.clone(), span.place, at, copy);
            }
        }
        if let Some(span) = self.recent.slice.get(last) {
            self.put(hash, key, span.place, at, value);
        }
    }

    fn put_into(&mut self, hash: u64, key: K, window: Window, at: Timestamp, value: V) {
        let (span, _) = self.spans.open(window, Timestamp::MIN);
        self.next = self.next.min(span.close);
        // Only where windows are apart does a value that is in one go into no other.
        if <W::Overlap as Overlap>::KIND == Kind::Apart {
            self.recent.note(span);
        }
        self.put(hash, key, span.place, at, value);
    }

    /// Sends what there is of the windows that close by `watermark`.
    #[inline(never)]
    fn send(&mut self, own: &mut Vec<Keyed<K, R>>, watermark: Timestamp) {
        self.recent.clear();
        let mut parts = 0;
        while let Some(span) = self.spans.due_behind(None, watermark) {
            let Span { id, open, close, .. } = span;
            for PaneSlot { key, state, .. } in self.spans.remove(span).0.table.drain() {
                parts += 1;
                let hash = hash_key(&key);
                if let Some(row) = R::part(Window { id, open, close }, state) {
                    self.route.send_by_key(own, false, hash, (hash, key, row));
                }
            }
        }
        self.next = self.spans.next(0);
        let together = std::mem::take(&mut self.together);
        if together < WORTH_WHILE * parts {
            self.apart = AGAIN_BEHIND * together;
        }
    }
}

/// How many values a part must be of, or it costs more than it spares: for each there is a look into one more table.
const WORTH_WHILE: usize = 4;
/// For how many times as many values they are sent as they are before it is tried again.
const AGAIN_BEHIND: usize = 50;

impl<T, K, V, R, C, W, L> Push<T> for PartsPush<K, V, R, C, W, L>
where
    T: IsKeyed<K, R>,
    K: Key,
    V: Data,
    R: WindowRow<C::Stamp, V, L::State>,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    const HOLDS: bool = true;

    type Local = Vec<Keyed<K, R>>;

    #[inline(always)]
    fn open(&mut self) -> Self::Local {
        self.route.open()
    }

    #[inline(always)]
    fn push(&mut self, own: &mut Self::Local, item: T) {
        let (key, row) = item.into_pair();
        let Row::Value(stamp, value) = row.open() else { return };
        let (at, watermark) = C::times(&stamp);
        if watermark >= self.next {
            // Before anything goes that tells of this watermark.
            self.send(own, watermark);
        }
        let hash = named(self.id, || hash_key(&key));
        if self.apart > 0 {
            self.apart -= 1;
            self.route.send_by_key(own, false, hash, (hash, key, R::value(stamp, value)));
            return;
        }
        self.together += 1;
        let [newest, other] = self.recent.near;
        if newest.has(at) {
            self.put(hash, key, newest.place, at, value);
        } else if other.has(at) {
            self.put(hash, key, other.place, at, value);
        } else {
            self.take_far(own, hash, key, stamp, value);
        }
    }

    #[inline(always)]
    fn close(&mut self, own: Self::Local) {
        self.route.close(own);
    }

    fn flush(&mut self) {
        if self.state.watermark.get() >= self.next {
            let mut own = self.route.open();
            self.send(&mut own, self.state.watermark.get());
            self.route.close(own);
        }
        self.route.flush();
    }

    fn end_epoch(&mut self, _end: EpochEnd) {
        // A snapshot has what the owners of the keys have.
        let mut own = self.route.open();
        self.send(&mut own, Timestamp::MAX);
        self.route.close(own);
    }
}
