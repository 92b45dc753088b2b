//! A stateful step in an operator of its own: what comes over its inputs, one epoch after the other.

use super::core::{Core, Sender};
use super::kept::{Kept, Keyed};
use crate::base::data::{Data, Key};
use crate::base::time::{EpochEnd, Time, epoch_of, start_of};
use crate::stream::{OpState, Push, Routed, least};
use std::collections::BTreeMap;
use std::rc::Rc;
use timely::dataflow::operators::{Capability, InputCapability};
use timely::progress::frontier::MutableAntichain;

/// A stateful step in an operator of its own.
pub(super) struct Apart<K, V, Q, P> {
    core: Core<K, V, Q, P>,
    state: Rc<OpState>,
    /// The epoch now being worked on.
    epoch: u64,
    waiting: BTreeMap<u64, Waiting<K, V>>,
    ended: bool,
}

/// Rows of a later epoch, with the capabilities to answer them.
struct Waiting<K, V> {
    capabilities: Vec<Capability<Time>>,
    batches: Vec<(Vec<Keyed<K, V>>, Sender)>,
}

impl<K: Key, V: Data, Q: Kept<K, V>, P: Push<(K, Q::Out)>> Apart<K, V, Q, P> {
    /// `capabilities` are the operator's first: what was resumed may have something to say before anything comes.
    pub(super) fn new(core: Core<K, V, Q, P>, state: Rc<OpState>, capabilities: Vec<Capability<Time>>) -> Self {
        let first = core.worker.first_epoch;
        if !core.is_empty() {
            state.set(capabilities);
            state.downgrade(start_of(first));
        }
        // An input that has nothing more ends before anything of the first epoch has come: its end belongs to that epoch.
        Apart { core, state, epoch: first, waiting: BTreeMap::new(), ended: false }
    }

    /// Begins a round. False where the flow has failed.
    pub(super) fn begin(&mut self) -> bool {
        self.core.begin()
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
        let from = input * self.core.worker.peers + batch.from;
        let sender = Sender { from, watermark: batch.watermark };
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
        self.core.take_all(&mut rows, sender);
        Some(rows)
    }

    /// Follows the frontier: ends the epoch when it has passed, and goes on with the rows of the next.
    pub(super) fn follow(&mut self, frontiers: &[MutableAntichain<Time>]) {
        let frontier = least(frontiers);
        let current = frontier.map(epoch_of);
        while current.is_none_or(|current| current > self.epoch) && !self.ended {
            let next = self.waiting.first_key_value().map(|(&epoch, _)| epoch);
            let next = next.filter(|&next| current.is_none_or(|current| next <= current));
            let begins = next.or(current);
            self.core.end_epoch(EpochEnd::of(self.epoch, begins));
            match begins {
                Some(begins) => self.epoch = begins,
                None => {
                    self.ended = true;
                    self.state.clear();
                }
            }
            if let Some(next) = next {
                self.state.downgrade(start_of(next));
                self.take_waiting();
            }
        }
        if let Some(frontier) = frontier {
            self.state.downgrade(frontier);
        }
        self.core.settle();
        // A capability is held for as long as there is something that a timer may bring out.
        if self.core.is_empty() && !P::HOLDS {
            self.state.clear();
        }
    }

    fn take_waiting(&mut self) {
        if let Some(waiting) = self.waiting.remove(&self.epoch) {
            if self.state.is_clear() {
                self.state.set(waiting.capabilities);
            }
            for (mut rows, sender) in waiting.batches {
                self.core.take_all(&mut rows, sender);
            }
        }
    }
}
