//! Where a value goes: into its windows, to the port of late values, or both.

use super::{WORTH_WHILE, WindowTables, emit_pane_of_key, in_pane};
use crate::base::clock::Timestamp;
use crate::base::data::{Data, Key, hash_key};
use crate::state::TrackedTable;
use crate::stream::{Down, Push, named, named_for};
use crate::windows::aggregate::WindowLogic;
use crate::windows::assign::Pane;
use crate::windows::assign::{Kind, Overlap, Takes, Window, Windower};
use crate::windows::by_key::{InTime, WindowOut};
use crate::windows::clocks::WatermarkTracker;
use crate::windows::clocks::{PartialBatch, PartialRow};
use crate::windows::preaggregate::WindowSlot;
use crate::windows::preaggregate::{ForStep, Partials};
use crate::windows::preaggregate::{Held, SpanIndex};
use std::rc::Rc;

impl<K, V, C, W, L> WindowTables<K, V, C, W, L>
where
    K: Key,
    V: Data,
    C: WatermarkTracker,
    W: Windower<Overlap: Takes<V>>,
    L: WindowLogic<V>,
{
    /// Takes a value that does not simply go into one of the windows before.
    #[inline(never)]
    pub(crate) fn take_far<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        at: Timestamp,
        value: V,
        mut next: Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        if <W::Overlap as Overlap>::KIND == Kind::Overlapping && self.slice.has(at) {
            self.put_into_slice(hash, key, at, value, &mut next);
            return;
        }
        let watermark = self.tracker.shared();
        let mut found = std::mem::take(&mut self.found);
        if at != Timestamp::MIN {
            named(self.id, || self.windower.windows_of(at, &mut |window| found.push(window)));
        }
        let all = found.len();
        found.retain(|window| self.expiry(window.close) > watermark);
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
            self.slice.begin(self.windower.same_windows(at), spans);
            if self.slice.len() < found.len() {
                self.slice.clear();
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
        let last = self.slice.len().saturating_sub(1);
        for number in 0..last {
            if let (Some(span), Some(copy)) = (self.slice.get(number), <W::Overlap as Takes<V>>::again(&value)) {
                self.put(hash, key.clone(), span.place, at, copy, Pane::Early, next);
            }
        }
        if let Some(span) = self.slice.get(last) {
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
        let (span, fired) = self.spans.open(window, self.tracker.shared());
        self.next = self.next.min(if fired { self.expiry(span.close) } else { span.close });
        if fired {
            self.put::<P>(hash, key.clone(), span.place, at, value, Pane::Late, next);
            let WindowTables { id, logic, spans, .. } = self;
            if let Some(slot) = spans.held(span.place).slots.table.find(hash, &key) {
                emit_pane_of_key(id, &**logic, slot, span, Pane::Late, next);
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
    pub(crate) fn put<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        hash: u64,
        key: K,
        place: SpanIndex,
        at: Timestamp,
        value: V,
        pane: Pane,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let WindowTables { id, logic, spans, record, early, early_at, now, .. } = self;
        let Held { span, slots: TrackedTable { table, of, dirty }, .. } = spans.held(place);
        if let Some(slot) = table.find(hash, &key) {
            record.touch(slot, *of, dirty);
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
            let (slot, of, dirty) = spans.insert(place, hash, WindowSlot::new(key, state));
            record.touch(slot, of, dirty);
        }
        if early.is_some() && early_at.is_none() {
            *early_at = early.map(|early| now.system.after(early));
        }
    }

    /// Takes in what values of another worker came to.
    #[inline(never)]
    pub(crate) fn take_partials<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        PartialBatch { interval, partials }: PartialBatch<K, L::State>,
        mut next: Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        if Self::SLICES && self.early.is_none() {
            let of = ForStep { id: self.id, windower: &*self.windower, logic: &*self.logic };
            self.slices.merge(&of, interval, partials.into_iter());
        } else {
            self.add_partials(interval, partials, &mut next);
        }
        // Its sender says behind it how far time has come, so that the windows are open; should one not be, nothing is lost.
        self.close_due(&mut next);
    }

    /// What the values of slices come to goes into their windows, where the slices end by `watermark`.
    pub(crate) fn merge_slices<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        watermark: Timestamp,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        if Self::SLICES && self.slices.next() <= watermark {
            let mut slices = std::mem::replace(&mut self.slices, Partials::new(WORTH_WHILE));
            slices.give_due(watermark, |slice, slots| {
                let partials = slots.map(|WindowSlot { key, state, .. }| (hash_key(&key), key, state));
                self.add_partials(slice, partials.collect(), next);
            });
            self.slices = slices;
        }
    }

    /// Puts parts of one interval into its windows.
    fn add_partials<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        interval: Window,
        partials: Vec<PartialRow<K, L::State>>,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        let mut found = std::mem::take(&mut self.found);
        match <W::Overlap as Overlap>::KIND {
            Kind::Overlapping => {
                named(self.id, || self.windower.windows_of(interval.open, &mut |window| found.push(window)));
            }
            _ => found.push(interval),
        }
        if let Some((last, others)) = found.split_last() {
            let logic = Rc::clone(&self.logic);
            for window in others {
                let copies = partials.iter().map(|(hash, key, part)| (*hash, key.clone(), logic.copy(part)));
                self.put_parts_into(*window, copies, next);
            }
            self.put_parts_into(*last, partials.into_iter(), next);
        }
        found.clear();
        self.found = found;
    }

    fn put_parts_into<P: Push<(K, WindowOut<L::Out, V>)>>(
        &mut self,
        window: Window,
        partials: impl Iterator<Item = PartialRow<K, L::State>>,
        next: &mut Down<'_, (K, WindowOut<L::Out, V>), P>,
    ) {
        // All of them came in time.
        let (span, fired) = self.spans.open(window, Timestamp::MIN);
        self.next = self.next.min(if fired { self.expiry(span.close) } else { span.close });
        let WindowTables { id, logic, spans, record, .. } = self;
        for (hash, key, part) in partials {
            let TrackedTable { table, of, dirty } = &mut spans.held(span.place).slots;
            let slot = match table.find(hash, &key) {
                Some(slot) => {
                    record.touch(slot, *of, dirty);
                    named_for(id, &slot.key, || logic.merge(&mut slot.state, part));
                    slot
                }
                None => {
                    let (slot, of, dirty) = spans.insert(span.place, hash, WindowSlot::new(key, part));
                    record.touch(slot, of, dirty);
                    slot
                }
            };
            if fired {
                emit_pane_of_key(id, &**logic, slot, span, Pane::Late, next);
            }
        }
    }
}
