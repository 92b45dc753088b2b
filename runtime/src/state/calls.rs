//! The calls of a stateful step: finds each row's key, calls the step, keeps the key's timer and what a snapshot is owed.

use super::backend::{HashedRow, StateBackend};
use super::due::{Due, Dues};
use super::keyed_step::{KeyedStep, TimeDomain};
use super::logic::After;
use super::recorder::{Recorder, TrackedTable};
use super::table::Slot;
use crate::base::clock::{Moment, Timestamp};
use crate::base::data::{Data, Key, hash_key};
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::stream::{Down, Naming, Push, named_for};
use crate::worker::{TimerId, WorkerCx};
use std::marker::PhantomData;
use std::rc::Rc;
use std::time::Duration;

/// A step on one worker: its state and what it is called with, apart from where its output goes.
pub(crate) struct Calls<K: Key, V, S: KeyedStep<K, V>> {
    id: &'static str,
    step: S,
    slots: TrackedTable<Slot<K, S::State>>,
    dues: Dues,
    /// The hashes of keys whose timers go by idle time and are set when that advances: it stands while rows keep coming, and
    /// with each row the moment may be another.
    unset: Vec<u64>,
    /// The idle time up to which timers have been set.
    set_at: Timestamp,
    record: Recorder<K>,
    now: Moment,
    value: PhantomData<fn(V)>,
}

/// Stands in a slot that has no due: no moment is so late.
const NEVER: Timestamp = Timestamp::MAX;

impl<K: Key, V: Data, S: KeyedStep<K, V>> Calls<K, V, S> {
    pub(crate) fn new(id: &'static str, step: S, worker: &Rc<WorkerCx>) -> Self {
        if S::TIME_DOMAIN == TimeDomain::Idle {
            worker.shared.idle.set_used();
        }
        let now = worker.moment();
        let (record, slots, dues) = (Recorder::new(id, worker), TrackedTable::new(()), Dues::new());
        Calls { id, step, slots, dues, unset: Vec::new(), set_at: Timestamp::MIN, record, now, value: PhantomData }
    }

    /// Now, by the timeline of the step's timers.
    #[inline(always)]
    fn time(&self) -> Timestamp {
        match S::TIME_DOMAIN {
            TimeDomain::System => self.now.system,
            TimeDomain::Idle => self.now.idle,
            TimeDomain::Watermark => self.step.watermark(),
        }
    }

    #[inline(always)]
    fn on_value<P: Push<(K, S::Out)>>(&mut self, hash: u64, key: K, value: V, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, slots: TrackedTable { table, dirty, .. }, dues, unset, record, now, .. } = self;
        let (mut entry, mut spare) = table.find_or_insert(hash, key, |key| named_for(id, key, || step.start(key, now)));
        let slot = entry.get_mut();
        record.touch(slot, (), dirty);
        let naming = Naming::begin(id, &slot.key);
        let after = step.on_value(&slot.key, &mut slot.state, value, now, &mut |out| {
            // The key that came with the value serves for its first output, which is mostly the only one.
            let key = spare.take().unwrap_or_else(|| slot.key.clone());
            next.push((key, out));
        });
        naming.end();
        match after {
            After::Keep if S::TIME_DOMAIN != TimeDomain::Idle => set_timer(id, step, slot, dues),
            After::Keep if slot.flag.is_unset() => {}
            After::Keep => {
                slot.flag.set_unset(true);
                unset.push(hash);
            }
            After::Forget => {
                record.drop_slot(slot, (), dirty);
                entry.remove();
            }
        }
    }

    /// Takes the only value of a key that has no slot, with which its epoch ends or the input does: what it comes to goes out
    /// at once.
    pub(super) fn pass<P: Push<(K, S::Out)>>(&mut self, key: K, value: V, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, now, .. } = self;
        let mut held = None;
        named_for(id, &key, || {
            let mut state = step.start(&key, now);
            let emit = &mut |out| {
                // The key goes with the last one, which is mostly the only one.
                if let Some(before) = held.replace(out) {
                    next.push((key.clone(), before));
                }
            };
            step.on_value(&key, &mut state, value, now, emit);
            match S::EACH_EPOCH {
                true => step.on_epoch_end(&key, &mut state, emit),
                false => step.on_eof(&key, &mut state, now, emit),
            }
        });
        if let Some(out) = held {
            next.push((key, out));
        }
    }

    /// Sets the timers of the keys that have had values while idle time stood still.
    #[inline(never)]
    fn set_timers(&mut self) {
        self.set_at = self.now.idle;
        let Calls { id, step, slots: TrackedTable { table, .. }, dues, unset, .. } = self;
        for hash in unset.drain(..) {
            while let Some(slot) = table.find_by(hash, |slot| slot.flag.is_unset()) {
                slot.flag.set_unset(false);
                set_timer(id, step, slot, dues);
            }
        }
    }

    /// Drops the dues of timers that were set to an earlier moment since, and of keys that are gone, once these are most.
    fn prune(&mut self) {
        let Calls { slots: TrackedTable { table, .. }, dues, .. } = self;
        if dues.len() > 2 * table.len() + 1024 {
            let with_due = table.iter().filter(|slot| slot.due != NEVER);
            dues.replace(with_due.map(|slot| Due { at: slot.due, hash: slot.hash }));
        }
    }

    /// Calls the keys that the watermark has passed.
    #[inline(always)]
    fn notify_by_watermark<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        if self.dues.next().is_some_and(|at| at <= self.step.watermark()) {
            self.notify(next);
        }
    }

    #[inline(never)]
    fn notify<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let time = self.time();
        let Calls { id, step, slots: TrackedTable { table, dirty, .. }, dues, record, now, .. } = self;
        while let Some(due) = dues.pop(time) {
            // There may be more than one key of this hash: they are found one after the other, as each is armed anew.
            while let Some(mut entry) = table.find_entry(due.hash, |slot| slot.due == due.at) {
                let slot = entry.get_mut();
                slot.due = NEVER;
                if slot.flag.is_unset() {
                    continue;
                }
                let at = notify_at(id, step, slot);
                if at > due.at {
                    arm(slot, at, dues);
                    continue;
                }
                record.touch(slot, (), dirty);
                let after = named_for(id, &slot.key, || {
                    step.on_notify(&slot.key, &mut slot.state, now, &mut |out| next.push((slot.key.clone(), out)))
                });
                match after {
                    After::Forget => {
                        record.drop_slot(slot, (), dirty);
                        entry.remove();
                    }
                    After::Keep => {
                        set_timer(id, step, slot, dues);
                        // A timer that is set for the same moment again has its turn by the heap.
                        if slot.due == due.at {
                            break;
                        }
                    }
                }
            }
        }
    }

    fn sweep<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, slots: TrackedTable { table, dirty, .. }, record, now, .. } = self;
        for slot in table.iter_mut() {
            record.touch(slot, (), dirty);
            let Slot { key, state, .. } = slot;
            named_for(id, key, || step.on_sweep(key, state, now, &mut |out| next.push((key.clone(), out))));
        }
    }
}

impl<K: Key, V: Data, S: KeyedStep<K, V>> StateBackend<K, V> for Calls<K, V, S> {
    type Out = S::Out;
    const HEARS: bool = S::HEARS;

    fn senders(&mut self, from_start: Vec<bool>) {
        self.step.senders(from_start);
    }

    fn resume(&mut self) -> Result<(), Fault> {
        let Calls { id, step, slots, dues, record, .. } = self;
        record.resume(slots, |slots, key, state, flag| {
            let hash = hash_key(&key);
            slots.table.insert(hash, Slot::new(hash, key, state, flag));
            Ok(())
        });
        for saved in record.saved() {
            step.restore(&saved)?;
        }
        for slot in slots.table.iter_mut() {
            set_timer(id, step, slot, dues);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.slots.table.len()
    }

    fn begin(&mut self, now: Moment) -> bool {
        self.now = now;
        if !self.unset.is_empty() && now.idle > self.set_at {
            self.set_timers();
        }
        self.step.wake_at().is_some_and(|at| at <= now.system) || self.dues.next().is_some_and(|at| at <= self.time())
    }

    fn catch_up<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        if self.step.wake_at().is_some_and(|at| at <= self.now.system) && self.step.on_wake(&self.now) {
            self.sweep(next);
        }
        self.notify(next);
    }

    #[inline(always)]
    fn take<P: Push<(K, S::Out)>>(&mut self, from: usize, row: HashedRow<K, V>, next: &mut Down<'_, (K, S::Out), P>) {
        let (hash, key, value) = row;
        if S::HEARS && self.step.hears_row(from, &value) {
            self.notify_by_watermark(next);
        }
        self.on_value(hash, key, value, next);
    }

    fn hear<P: Push<(K, S::Out)>>(&mut self, from: usize, watermark: Timestamp, next: &mut Down<'_, (K, S::Out), P>) {
        self.step.hears(from, watermark, &self.now);
        self.notify_by_watermark(next);
    }

    fn end_epoch<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        if !S::EACH_EPOCH {
            return;
        }
        let Calls { id, step, slots: TrackedTable { table, dirty, .. }, dues, record, .. } = self;
        table.retain(|slot| {
            record.touch(slot, (), dirty);
            let Slot { key, state, .. } = slot;
            let after = named_for(id, key, || step.on_epoch_end(key, state, &mut |out| next.push((key.clone(), out))));
            match after {
                After::Keep => set_timer(id, step, slot, dues),
                After::Forget => record.drop_slot(slot, (), dirty),
            }
            after == After::Keep
        });
    }

    fn end<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, slots: TrackedTable { table, dirty, .. }, record, now, .. } = self;
        table.retain(|slot| {
            record.touch(slot, (), dirty);
            let Slot { key, state, .. } = slot;
            let after = named_for(id, key, || step.on_eof(key, state, now, &mut |out| next.push((key.clone(), out))));
            if after == After::Forget {
                record.drop_slot(slot, (), dirty);
            }
            after == After::Keep
        });
    }

    fn record(&mut self, end: EpochEnd) {
        let Calls { step, slots, record, .. } = self;
        record.end_epoch(end, slots, |_| step.save());
        if end.is_last() {
            self.dues.clear();
            self.unset.clear();
        }
    }

    fn write_some(&mut self, time: Duration) -> bool {
        self.record.write_some(&mut self.slots, Some(time))
    }

    fn wake_at(&self) -> Option<Timestamp> {
        self.step.wake_at()
    }

    fn set_timer(&mut self, worker: &Rc<WorkerCx>, due: TimerId) {
        self.prune();
        let timers = &worker.timers;
        if !self.unset.is_empty() {
            if self.now.idle <= self.set_at {
                // Comes back as soon as it advances.
                timers.set_idle(due, Some(Timestamp(self.now.idle.0 + 1)));
                return;
            }
            self.set_timers();
        }
        match S::TIME_DOMAIN {
            TimeDomain::System => timers.set(due, self.dues.next()),
            TimeDomain::Idle => timers.set_idle(due, self.dues.next()),
            TimeDomain::Watermark => {}
        }
    }
}

/// The moment for which a key asks.
#[inline(always)]
fn notify_at<K: Key, V, S: KeyedStep<K, V>>(id: &'static str, step: &S, slot: &Slot<K, S::State>) -> Timestamp {
    named_for(id, &slot.key, || step.notify_at(&slot.key, &slot.state)).unwrap_or(NEVER)
}

/// Sees to it that a key has a due that is not later than the moment for which it asks. One that is earlier stays: with each
/// value of a session there would be another one.
#[inline(always)]
fn set_timer<K: Key, V, S: KeyedStep<K, V>>(id: &'static str, step: &S, slot: &mut Slot<K, S::State>, dues: &mut Dues) {
    let at = notify_at(id, step, slot);
    if at < slot.due {
        arm(slot, at, dues);
    }
}

/// Makes the due of a key.
fn arm<K, S>(slot: &mut Slot<K, S>, at: Timestamp, dues: &mut Dues) {
    slot.due = at;
    if at != NEVER {
        dues.push(Due { at, hash: slot.hash });
    }
}
