//! Where a value goes: into its windows, to the port of late values, or both.

use super::{PaneKey, Panes, Unshown, in_pane, show_one};
use crate::clock::Timestamp;
use crate::data::{Data, Key};
use crate::stream::{Down, Push, named, named_for};
use crate::windows::keeper::Keeper;
use crate::windows::keyed::{InTime, WindowOut};
use crate::windows::logic::WindowLogic;
use crate::windows::spans::Span;
use crate::windows::windowed::Pane;
use crate::windows::windower::{Kind, Overlap, Takes, Window, Windower};

impl<K, V, C, W, L> Panes<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: Keeper,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    /// Takes a value that does not simply go into one of the windows before.
    #[inline(never)]
    pub(super) fn take_far<P: Push<(K, WindowOut<L::Out, V>)>>(
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
            self.recent.slice.begin(self.windower.same_windows(at), spans);
            if self.recent.slice.len() < found.len() {
                self.recent.slice.clear();
            }
        }
        found.clear();
        self.found = found;
    }

    /// Puts a value into all windows of the slice.
    #[inline(never)]
    pub(super) fn put_into_slice<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let last = self.recent.slice.len().saturating_sub(1);
        for number in 0..last {
            if let (Some(span), Some(copy)) = (self.recent.slice.get(number), <W::Overlap as Takes<V>>::again(&value)) {
                self.put(hash, key.clone(), span, at, copy, Pane::Early, next);
            }
        }
        if let Some(span) = self.recent.slice.get(last) {
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
            self.recent.note(span);
        }
        self.put::<P>(hash, key, span, at, value, Pane::Early, next);
    }

    /// Puts a value into a window that is there.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "it is one row, taken apart")]
    pub(super) fn put<P: Push<(K, WindowOut<L::Out, V>)>>(
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
            table.find_or_insert(hash, pane_key, |pane| (named_for(id, &pane.key, || logic.start()), Unshown(true)));
        if spare.is_none() {
            spans.note(span, hash);
        }
        let slot = entry.get_mut();
        record.touch(slot);
        slot.timer = Unshown(true);
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
    pub(super) fn take_part<P: Push<(K, WindowOut<L::Out, V>)>>(
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
        let start = |_: &PaneKey<K>| (part.take().unwrap_or_else(|| logic.start()), Unshown(true));
        let (mut entry, spare) = table.find_or_insert(hash, PaneKey { window: span.id, key }, start);
        if spare.is_none() {
            spans.note(span, hash);
        }
        let slot = entry.get_mut();
        record.touch(slot);
        slot.timer = Unshown(true);
        if let Some(part) = part {
            named_for(id, &slot.key.key, || logic.merge(&mut slot.state, part));
        }
        // Its sender says behind it how far time has come, so that the window is open; should it not be, nothing is lost.
        if told {
            show_one(id, &**logic, slot, span, Pane::Late, next);
        }
    }
}
