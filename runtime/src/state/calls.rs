//! The calls of a stateful step: finds each row's key, calls the step, keeps the key's timer and what a snapshot is owed.

use super::due::{Due, Dues};
use super::logic::After;
use super::record::Record;
use super::step::{Step, Timeline};
use super::table::{Slot, Table};
use crate::clock::{Moment, Timestamp};
use crate::data::{Data, Key};
use crate::error::Fault;
use crate::stream::{Down, Push, named};
use crate::time::EpochEnd;
use std::marker::PhantomData;

/// A step on one worker: its state and what it is called with, apart from where its output goes.
pub(super) struct Calls<K, V, S: Step<K, V>> {
    pub(super) id: &'static str,
    pub(super) step: S,
    pub(super) timeline: Timeline,
    pub(super) table: Table<K, S::State>,
    pub(super) dues: Dues,
    /// The hashes of keys whose timers go by quiet time and are set when that moves: it stands while rows keep coming, and
    /// with each row the moment may be another.
    pub(super) unset: Vec<u64>,
    pub(super) record: Record<K>,
    pub(super) now: Moment,
    pub(super) value: PhantomData<V>,
}

/// Stands in a slot whose timer is still to be set: no moment is so early.
const UNSET: Option<Timestamp> = Some(Timestamp::MIN);

impl<K: Key, V: Data, S: Step<K, V>> Calls<K, V, S> {
    /// Now, by the timeline of the step's timers.
    #[inline(always)]
    pub(super) fn time(&self) -> Timestamp {
        match self.timeline {
            Timeline::System => self.now.system,
            Timeline::Quiet => self.now.quiet,
            Timeline::Watermark => self.step.watermark(),
        }
    }

    #[inline(always)]
    pub(super) fn on_value<P: Push<(K, S::Out)>>(
        &mut self,
        hash: u64,
        key: K,
        value: V,
        next: &mut Down<'_, (K, S::Out), P>,
    ) {
        let Calls { id, step, timeline, table, dues, unset, record, now, .. } = self;
        let (mut entry, mut spare) = table.find_or_insert(hash, key, |key| named(id, || step.start(key, now)));
        let slot = entry.get_mut();
        record.touch(slot);
        let after = named(id, || {
            step.on_value(&slot.key, &mut slot.state, value, now, &mut |out| {
                // The key that came with the value serves for its first output, which is mostly the only one.
                let key = spare.take().unwrap_or_else(|| slot.key.clone());
                next.push((key, out));
            })
        });
        match after {
            After::Keep if *timeline != Timeline::Quiet => set_timer(id, step, slot, dues),
            After::Keep if slot.notify_at == UNSET => {}
            After::Keep => {
                slot.notify_at = UNSET;
                unset.push(hash);
            }
            After::Forget => {
                record.goes(slot);
                entry.remove();
            }
        }
    }

    /// Sets the timers of the keys that have had values while quiet time stood still.
    #[inline(never)]
    pub(super) fn set_timers(&mut self) {
        let Calls { id, step, table, dues, unset, .. } = self;
        for hash in unset.drain(..) {
            while let Some(mut entry) = table.find_due(hash, Timestamp::MIN) {
                let slot = entry.get_mut();
                slot.notify_at = None;
                set_timer(id, step, slot, dues);
            }
        }
        // At each key's next value its timer is set anew, and the one before stays in the heap.
        if dues.len() > 2 * table.len() + 1024 {
            dues.replace(table.iter().filter_map(|slot| Some(Due { at: slot.notify_at?, hash: slot.hash })));
        }
    }

    /// Calls the keys that the watermark has passed.
    #[inline(always)]
    pub(super) fn notify_by_watermark<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        if self.dues.next().is_some_and(|at| at <= self.step.watermark()) {
            self.notify(next);
        }
    }

    #[inline(never)]
    pub(super) fn notify<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let time = self.time();
        let Calls { id, step, table, dues, record, now, .. } = self;
        while let Some(due) = dues.pop(time) {
            while let Some(mut entry) = table.find_due(due.hash, due.at) {
                let slot = entry.get_mut();
                slot.notify_at = None;
                record.touch(slot);
                let after = named(id, || {
                    step.on_notify(&slot.key, &mut slot.state, now, &mut |out| next.push((slot.key.clone(), out)))
                });
                match after {
                    After::Forget => {
                        record.goes(slot);
                        entry.remove();
                    }
                    After::Keep => {
                        set_timer(id, step, slot, dues);
                        // A timer that is set for the same moment again has its turn by the heap.
                        if slot.notify_at == Some(due.at) {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Takes over what the execution before has left.
    pub(super) fn resume(&mut self) -> Result<(), Fault> {
        let Calls { id, step, table, dues, record, .. } = self;
        for saved in record.resume(table) {
            step.restore(&saved)?;
        }
        for slot in table.iter_mut() {
            set_timer(id, step, slot, dues);
        }
        Ok(())
    }

    /// An epoch has ended.
    pub(super) fn record_epoch(&mut self, end: EpochEnd) {
        let Calls { step, table, record, .. } = self;
        record.end_epoch(end, table, || step.save());
    }

    pub(super) fn sweep<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, record, now, .. } = self;
        for slot in table.iter_mut() {
            record.touch(slot);
            let Slot { key, state, .. } = slot;
            named(id, || step.on_sweep(key, state, now, &mut |out| next.push((key.clone(), out))));
        }
    }

    pub(super) fn end_epoch<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, dues, record, .. } = self;
        table.retain(|slot| {
            record.touch(slot);
            let Slot { key, state, .. } = slot;
            let after = named(id, || step.on_epoch_end(key, state, &mut |out| next.push((key.clone(), out))));
            match after {
                After::Keep => set_timer(id, step, slot, dues),
                After::Forget => record.goes(slot),
            }
            after == After::Keep
        });
    }

    pub(super) fn end<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, record, now, .. } = self;
        table.retain(|slot| {
            record.touch(slot);
            let Slot { key, state, .. } = slot;
            let after = named(id, || step.on_eof(key, state, now, &mut |out| next.push((key.clone(), out))));
            if after == After::Forget {
                record.goes(slot);
            }
            after == After::Keep
        });
    }
}

/// Notes the moment for which a key asks, if it is another than before.
#[inline(always)]
fn set_timer<K: Key, V, S: Step<K, V>>(id: &'static str, step: &S, slot: &mut Slot<K, S::State>, dues: &mut Dues) {
    let at = named(id, || step.notify_at(&slot.key, &slot.state));
    if at != slot.notify_at {
        slot.notify_at = at;
        if let Some(at) = at {
            dues.push(Due { at, hash: slot.hash });
        }
    }
}
