//! Alignment by epoch: what comes over an operator's inputs, one epoch after the other.

use super::op::{OpState, least};
use crate::base::time::{EpochEnd, Time, epoch_of, start_of};
use std::collections::BTreeMap;
use std::rc::Rc;
use timely::dataflow::operators::{Capability, InputCapability};
use timely::progress::frontier::MutableAntichain;

/// What an operator does with aligned batches `B`.
pub(crate) trait Aligned<B> {
    /// Takes a batch of the open epoch.
    fn batch(&mut self, batch: B);

    /// All of the open epoch has come.
    fn end_epoch(&mut self, end: EpochEnd);
}

/// Holds batches of later epochs until the frontier has passed the open one.
pub(crate) struct Align<B> {
    state: Rc<OpState>,
    /// The open epoch.
    epoch: u64,
    waiting: BTreeMap<u64, Waiting<B>>,
    ended: bool,
}

/// Batches of a later epoch, with the capabilities to answer them.
struct Waiting<B> {
    capabilities: Vec<Capability<Time>>,
    batches: Vec<B>,
}

impl<B> Align<B> {
    /// `first` is the execution's first epoch: an input that has nothing more ends before anything of it has come, and its end
    /// belongs to that epoch.
    pub(crate) fn new(first: u64, state: Rc<OpState>) -> Self {
        Align { state, epoch: first, waiting: BTreeMap::new(), ended: false }
    }

    /// Takes a batch, now or when its epoch is open. `outputs` is the number of the operator's ports.
    #[inline]
    pub(crate) fn receive(
        &mut self,
        capability: &InputCapability<Time>,
        outputs: usize,
        batch: B,
        to: &mut impl Aligned<B>,
    ) {
        let epoch = epoch_of(*capability.time());
        if epoch > self.epoch {
            let held = || (0..outputs).map(|port| capability.retain(port)).collect();
            let waiting =
                self.waiting.entry(epoch).or_insert_with(|| Waiting { capabilities: held(), batches: Vec::new() });
            return waiting.batches.push(batch);
        }
        if self.state.is_clear() {
            self.state.retain(capability, outputs);
        }
        to.batch(batch);
    }

    /// Follows the frontier: ends the epoch when it has passed, and goes on with the batches of the next. The least time that
    /// may still come; `None` at the end.
    pub(crate) fn follow(&mut self, frontiers: &[MutableAntichain<Time>], to: &mut impl Aligned<B>) -> Option<Time> {
        let frontier = least(frontiers);
        let current = frontier.map(epoch_of);
        while current.is_none_or(|current| current > self.epoch) && !self.ended {
            let next = self.waiting.first_key_value().map(|(&epoch, _)| epoch);
            let next = next.filter(|&next| current.is_none_or(|current| next <= current));
            let begins = next.or(current);
            to.end_epoch(EpochEnd::of(self.epoch, begins));
            match begins {
                Some(begins) => self.epoch = begins,
                None => {
                    self.ended = true;
                    self.state.clear();
                }
            }
            if let Some(waiting) = next.and_then(|next| self.waiting.remove(&next)) {
                self.state.downgrade(start_of(self.epoch));
                if self.state.is_clear() {
                    self.state.set(waiting.capabilities);
                }
                waiting.batches.into_iter().for_each(|batch| to.batch(batch));
            }
        }
        frontier
    }
}
