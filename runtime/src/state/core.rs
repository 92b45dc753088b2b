//! The core of keyed state: works through one epoch at a time, finds each row's key, calls the step, keeps its timers.

use super::due::{Due, Dues};
use super::logic::After;
use super::operator::Keyed;
use super::step::{Step, Timeline};
use super::table::{Slot, Table};
use crate::clock::{Moment, Timestamp};
use crate::data::{Data, Key};
use crate::stream::{Down, OpState, Push, Routed, batch, least, named};
use crate::time::{Time, epoch_of, start_of};
use crate::worker::{TimerId, WorkerCx};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::rc::Rc;
use timely::dataflow::operators::{Capability, InputCapability};
use timely::progress::frontier::MutableAntichain;
use timely::scheduling::Activator;

/// Rows of a later epoch, with the capabilities to answer them.
struct Waiting<K, V> {
    capabilities: Vec<Capability<Time>>,
    batches: Vec<(Vec<Keyed<K, V>>, Sender)>,
}

/// Who sent a batch, and its watermark behind it.
#[derive(Clone, Copy)]
struct Sender {
    from: usize,
    watermark: Timestamp,
}

/// A stateful step on one worker: its state and what it is called with.
pub(super) struct Core<K, V, S: Step<K, V>, P> {
    calls: Calls<K, V, S>,
    worker: Rc<WorkerCx>,
    /// When the next key is due.
    due: TimerId,
    /// When the step itself is.
    wake: TimerId,
    state: Rc<OpState>,
    /// The epoch now being worked on.
    epoch: u64,
    waiting: BTreeMap<u64, Waiting<K, V>>,
    push: P,
    ended: bool,
}

/// What one call of the step needs, apart from where its output goes.
struct Calls<K, V, S: Step<K, V>> {
    id: &'static str,
    step: S,
    timeline: Timeline,
    table: Table<K, S::State>,
    dues: Dues,
    /// The hashes of keys whose timers go by quiet time and are set when that moves: it stands while rows keep coming, and
    /// with each row the moment may be another.
    unset: Vec<u64>,
    now: Moment,
    value: PhantomData<V>,
}

impl<K: Key, V: Data, S: Step<K, V>, P: Push<(K, S::Out)>> Core<K, V, S, P> {
    pub(super) fn new(
        id: &'static str,
        step: S,
        worker: Rc<WorkerCx>,
        activator: Activator,
        state: Rc<OpState>,
        push: P,
    ) -> Self {
        let (due, wake) = (worker.timers.add(activator.clone()), worker.timers.add(activator));
        let now = worker.moment();
        let timeline = step.timeline();
        let calls = Calls {
            id,
            step,
            timeline,
            table: Table::new(),
            dues: Dues::new(),
            unset: Vec::new(),
            now,
            value: PhantomData,
        };
        Core { calls, worker, due, wake, state, epoch: 0, waiting: BTreeMap::new(), push, ended: false }
    }

    /// Says over how many inputs the workers send rows, and whether each of them tells its watermark from the start.
    pub(super) fn senders(&mut self, inputs: usize, all_tell: bool) {
        self.calls.step.senders(inputs * self.worker.peers, all_tell);
    }

    /// Begins a round: what is due happens before anything is taken. False where the flow has failed.
    pub(super) fn begin(&mut self) -> bool {
        if self.worker.shared.aborting() {
            return false;
        }
        let calls = &mut self.calls;
        calls.now = self.worker.moment();
        if calls.step.wake_at().is_some_and(|at| at <= calls.now.system) && calls.step.on_wake(&calls.now) {
            batch(&mut self.push, |next| calls.sweep(next));
        }
        self.notify();
        true
    }

    /// Takes a batch, now or when its epoch comes; gives back the vector where it has been read.
    pub(super) fn receive(
        &mut self,
        capability: &InputCapability<Time>,
        outputs: usize,
        input: usize,
        batch: &mut Routed<Keyed<K, V>>,
    ) -> Option<Vec<Keyed<K, V>>> {
        let epoch = epoch_of(*capability.time());
        let sender = Sender { from: input * self.worker.peers + batch.from, watermark: batch.watermark };
        let mut rows = std::mem::take(&mut batch.rows);
        if epoch > self.epoch {
            let held = || (0..outputs).map(|port| capability.retain(port)).collect();
            let waiting =
                self.waiting.entry(epoch).or_insert_with(|| Waiting { capabilities: held(), batches: Vec::new() });
            waiting.batches.push((rows, sender));
            return None;
        }
        if self.state.is_clear() {
            self.state.retain(capability, outputs);
        }
        self.take(&mut rows, sender);
        Some(rows)
    }

    /// Works through a batch.
    fn take(&mut self, rows: &mut Vec<Keyed<K, V>>, sender: Sender) {
        let calls = &mut self.calls;
        batch(&mut self.push, |next| {
            for (hash, key, value) in rows.drain(..) {
                if S::HEARS {
                    calls.step.hears_row(sender.from, &value);
                    calls.notify_by_watermark(next);
                }
                calls.on_value(hash, key, value, next);
            }
            if S::HEARS {
                calls.step.hears(sender.from, sender.watermark, &calls.now);
                calls.notify_by_watermark(next);
            }
        });
    }

    /// Calls the keys whose moment has come.
    fn notify(&mut self) {
        let calls = &mut self.calls;
        if calls.dues.next().is_some_and(|at| at <= calls.time()) {
            batch(&mut self.push, |next| calls.notify(next));
        }
    }

    /// Follows the frontier: ends the epoch when it has passed, and goes on with the rows of the next.
    pub(super) fn follow(&mut self, frontiers: &[MutableAntichain<Time>]) {
        let frontier = least(frontiers);
        let current = frontier.map(epoch_of);
        while current.is_none_or(|current| current > self.epoch) && !self.ended {
            self.end_epoch();
            let next = self.waiting.first_key_value().map(|(&epoch, _)| epoch);
            match (next, current) {
                (Some(next), current) if current.is_none_or(|current| next <= current) => {
                    self.epoch = next;
                    self.state.downgrade(start_of(next));
                    self.take_waiting();
                }
                (_, Some(current)) => {
                    self.epoch = current;
                    break;
                }
                (_, None) => self.end(),
            }
        }
        if let Some(frontier) = frontier {
            self.state.downgrade(frontier);
        }
        self.push.flush();
        self.rest();
    }

    fn take_waiting(&mut self) {
        if let Some(waiting) = self.waiting.remove(&self.epoch) {
            if self.state.is_clear() {
                self.state.set(waiting.capabilities);
            }
            for (mut rows, sender) in waiting.batches {
                self.take(&mut rows, sender);
            }
        }
    }

    fn end_epoch(&mut self) {
        if S::EACH_EPOCH {
            let calls = &mut self.calls;
            batch(&mut self.push, |next| calls.end_epoch(next));
        }
        self.push.end_epoch();
        self.push.flush();
    }

    fn end(&mut self) {
        let calls = &mut self.calls;
        batch(&mut self.push, |next| calls.end(next));
        self.push.end_epoch();
        self.push.flush();
        self.ended = true;
        self.calls.dues.clear();
        self.state.clear();
    }

    /// Gives up what is not needed until something comes: capabilities where no key is left, and timers.
    fn rest(&mut self) {
        if self.calls.table.is_empty() && !P::HOLDS {
            self.state.clear();
        }
        let timers = &self.worker.timers;
        if !self.calls.unset.is_empty() {
            if self.worker.shared.quiet.moving(self.calls.now.system).is_none() {
                // Comes back as soon as it moves.
                timers.set_quiet(self.due, Some(self.calls.now.quiet));
                timers.set(self.wake, self.calls.step.wake_at());
                return;
            }
            self.calls.set_timers();
        }
        let next = self.calls.dues.next();
        match self.calls.timeline {
            Timeline::System => timers.set(self.due, next),
            Timeline::Quiet => timers.set_quiet(self.due, next),
            Timeline::Watermark => {}
        }
        timers.set(self.wake, if self.ended { None } else { self.calls.step.wake_at() });
    }
}

/// Stands in a slot whose timer is still to be set: no moment is so early.
const UNSET: Option<Timestamp> = Some(Timestamp::MIN);

impl<K: Key, V: Data, S: Step<K, V>> Calls<K, V, S> {
    /// Now, by the timeline of the step's timers.
    #[inline(always)]
    fn time(&self) -> Timestamp {
        match self.timeline {
            Timeline::System => self.now.system,
            Timeline::Quiet => self.now.quiet,
            Timeline::Watermark => self.step.watermark(),
        }
    }

    #[inline(always)]
    fn on_value<P: Push<(K, S::Out)>>(&mut self, hash: u64, key: K, value: V, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, timeline, table, dues, unset, now, .. } = self;
        let (mut entry, mut spare) = table.find_or_insert(hash, key, |key| named(id, || step.start(key, now)));
        let slot = entry.get_mut();
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
            After::Forget => drop(entry.remove()),
        }
    }

    /// Sets the timers of the keys that have had values while quiet time stood still.
    #[inline(never)]
    fn set_timers(&mut self) {
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
    fn notify_by_watermark<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        if self.dues.next().is_some_and(|at| at <= self.step.watermark()) {
            self.notify(next);
        }
    }

    #[inline(never)]
    fn notify<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let time = self.time();
        let Calls { id, step, table, dues, now, .. } = self;
        while let Some(due) = dues.pop(time) {
            while let Some(mut entry) = table.find_due(due.hash, due.at) {
                let slot = entry.get_mut();
                slot.notify_at = None;
                let after = named(id, || {
                    step.on_notify(&slot.key, &mut slot.state, now, &mut |out| next.push((slot.key.clone(), out)))
                });
                match after {
                    After::Forget => drop(entry.remove()),
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

    fn sweep<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, now, .. } = self;
        for Slot { key, state, .. } in table.iter_mut() {
            named(id, || step.on_sweep(key, state, now, &mut |out| next.push((key.clone(), out))));
        }
    }

    fn end_epoch<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, dues, .. } = self;
        table.retain(|slot| {
            let Slot { key, state, .. } = slot;
            let after = named(id, || step.on_epoch_end(key, state, &mut |out| next.push((key.clone(), out))));
            if after == After::Keep {
                set_timer(id, step, slot, dues);
            }
            after == After::Keep
        });
    }

    fn end<P: Push<(K, S::Out)>>(&mut self, next: &mut Down<'_, (K, S::Out), P>) {
        let Calls { id, step, table, now, .. } = self;
        table.retain(|slot| {
            let Slot { key, state, .. } = slot;
            named(id, || step.on_eof(key, state, now, &mut |out| next.push((key.clone(), out)))) == After::Keep
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
