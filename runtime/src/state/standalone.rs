//! A stateful step in an operator of its own: what comes over its inputs, one epoch after the other.

use super::backend::{HashedRow, StateBackend};
use super::core::{Core, Sender};
use crate::base::data::{Data, Key};
use crate::base::time::{EpochEnd, Time, start_of};
use crate::stream::{Align, Aligned, OpState, Push, Routed};
use std::rc::Rc;
use timely::dataflow::operators::{Capability, InputCapability};
use timely::progress::frontier::MutableAntichain;

/// A stateful step in an operator of its own.
pub(super) struct Standalone<K, V, Q, P> {
    keeps: AlignedCore<K, V, Q, P>,
    state: Rc<OpState>,
    align: Align<(Vec<HashedRow<K, V>>, Sender)>,
}

/// The core, as what batches are aligned for.
struct AlignedCore<K, V, Q, P> {
    core: Core<K, V, Q, P>,
    /// The vector of the last batch, once it has been read.
    read: Option<Vec<HashedRow<K, V>>>,
}

impl<K: Key, V: Data, Q: StateBackend<K, V>, P: Push<(K, Q::Out)>> Aligned<(Vec<HashedRow<K, V>>, Sender)>
    for AlignedCore<K, V, Q, P>
{
    #[inline]
    fn batch(&mut self, (mut rows, sender): (Vec<HashedRow<K, V>>, Sender)) {
        self.core.take_all(&mut rows, sender);
        self.read = Some(rows);
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        self.core.end_epoch(end);
    }
}

impl<K: Key, V: Data, Q: StateBackend<K, V>, P: Push<(K, Q::Out)>> Standalone<K, V, Q, P> {
    /// `capabilities` are the operator's first: what was resumed may have something to say before anything comes.
    pub(super) fn new(core: Core<K, V, Q, P>, state: Rc<OpState>, capabilities: Vec<Capability<Time>>) -> Self {
        let first = core.worker.first_epoch;
        if !core.is_empty() {
            state.set(capabilities);
            state.downgrade(start_of(first));
        }
        let align = Align::new(first, Rc::clone(&state));
        Standalone { keeps: AlignedCore { core, read: None }, state, align }
    }

    /// Begins a round. False where the flow has failed.
    pub(super) fn begin(&mut self) -> bool {
        self.keeps.core.begin()
    }

    /// Takes a batch, now or when its epoch comes; gives back the vector where it has been read.
    pub(super) fn receive(
        &mut self,
        capability: &InputCapability<Time>,
        outputs: usize,
        input: usize,
        batch: &mut Routed<HashedRow<K, V>>,
    ) -> Option<Vec<HashedRow<K, V>>> {
        let from = input * self.keeps.core.worker.peers + batch.from;
        let sender = Sender { from, watermark: batch.watermark };
        let rows = std::mem::take(&mut batch.rows);
        self.align.receive(capability, outputs, (rows, sender), &mut self.keeps);
        self.keeps.read.take()
    }

    /// Follows the frontier: ends the epoch when it has passed, and goes on with the rows of the next.
    pub(super) fn follow(&mut self, frontiers: &[MutableAntichain<Time>]) {
        let frontier = self.align.follow(frontiers, &mut self.keeps);
        if let Some(frontier) = frontier {
            self.state.downgrade(frontier);
        }
        self.keeps.core.settle();
        // A capability is held for as long as there is something that a timer may bring out.
        if self.keeps.core.is_empty() && !P::HOLDS {
            self.state.clear();
        }
    }
}
