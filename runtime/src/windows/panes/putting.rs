//! Where a value goes: into its windows, to the port of late values, or both.

use super::{Panes, in_pane, show_one};
use crate::clock::Timestamp;
use crate::data::{Data, Key};
use crate::state::Recorded;
use crate::stream::{Down, Push, named, named_for};
use crate::windows::keeper::Keeper;
use crate::windows::keyed::{InTime, WindowOut};
use crate::windows::logic::WindowLogic;
use crate::windows::slot::PaneSlot;
use crate::windows::spans::{Held, Place};
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
        mut next: Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        if <W::Overlap as Overlap>::KIND == Kind::Overlapping && self.recent.slice.has(at) {
            self.put_into_slice(hash, key, at, value, &mut next);
            return;
        }
        let watermark = self.keeper.shared();
        let mut found = std::mem::take(&mut self.found);
        if at != Timestamp::MIN {
            named(self.id, || self.windower.windows_of(at, &mut |window| found.push(window)));
        }
        let all = found.len();
        found.retain(|window| self.gone(window.close) > watermark);
        let all_open = found.len() == all && all > 0;
        match found.split_last() {
            None => next.push((key, InTime::Late(value))),
            Some((last, others)) => {
                for window in others {
                    if let Some(copy) = <W::Overlap as Takes<V>>::again(&value) {
                        self.put_into(hash, key.clone(), *window, at, copy, &mut next);
                    }
                }
                self.put_into(hash, key, *last, at, value, &mut next);
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
    fn put_into_slice<P: Push<(K, WindowOut<L::Out, V>)>>(
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
                self.put(hash, key.clone(), span.place, at, copy, Pane::Early, next);
            }
        }
        if let Some(span) = self.recent.slice.get(last) {
            self.put(hash, key, span.place, at, value, Pane::Early, next);
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
            self.put::<P>(hash, key.clone(), span.place, at, value, Pane::Late, next);
            let Panes { id, logic, spans, .. } = self;
            if let Some(slot) = spans.held(span.place).panes.table.find(hash, &key) {
                show_one(id, &**logic, slot, span, Pane::Late, next);
            }
            return;
        }
        if <W::Overlap as Overlap>::KIND == Kind::Apart {
            self.recent.note(span);
        }
        self.put::<P>(hash, key, span.place, at, value, Pane::Early, next);
    }

    /// Puts a value into a window that is there.
    #[inline(always)]
    #[allow(clippy::too_many_arguments, reason = "it is one row, taken apart")]
    pub(super) fn put<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        place: Place,
        at: Timestamp,
        value: V,
        pane: Pane,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let Panes { id, logic, spans, record, early, early_at, now, .. } = self;
        let Held { span, panes: Recorded { table, of, owed }, .. } = spans.held(place);
        if let Some(slot) = table.find(hash, &key) {
            record.touch(slot, *of, owed);
            let mut spare = Some(key);
            named_for(id, &slot.key, || {
                logic.on_value(&mut slot.state, at, value, &mut |out| {
                    // The key that came with the value serves for its first output, which is mostly the only one.
                    let key = spare.take().unwrap_or_else(|| slot.key.clone());
                    next.push((key, in_pane(*span, pane, out)));
                });
            });
        } else {
            let start = || logic.start(at, value, &mut |out| next.push((key.clone(), in_pane(*span, pane, out))));
            let state = named_for(id, &key, start);
            record.touch(table.insert(hash, PaneSlot::new(key, state)), *of, owed);
            spans.note();
        }
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
        let Panes { id, logic, spans, record, .. } = self;
        let Recorded { table, of, owed } = &mut spans.held(span.place).panes;
        let (slot, part) = match table.find(hash, &key) {
            Some(slot) => (slot, Some(part)),
            None => (table.insert(hash, PaneSlot::new(key, part)), None),
        };
        let is_new = part.is_none();
        record.touch(slot, *of, owed);
        if let Some(part) = part {
            named_for(id, &slot.key, || logic.merge(&mut slot.state, part));
        }
        // Its sender says behind it how far time has come, so that the window is open; should it not be, nothing is lost.
        if told {
            show_one(id, &**logic, slot, span, Pane::Late, next);
        }
        if is_new {
            spans.note();
        }
    }
}
