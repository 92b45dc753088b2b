//! How routed batches arrive: as they come, or in a test in an order that a seed chooses.

use super::cx::Cx;
use super::routed::{Routed, ToTarget};
use crate::base::data::Data;
use crate::base::time::Time;
use crate::worker::Perturbed;
use std::collections::VecDeque;
use std::rc::Rc;
use timely::bytes::arc::BytesMut;
use timely::communication::{Pull, Push};
use timely::dataflow::channels::pact::{DistributorPact, LogPuller, LogPusher, ParallelizationContract};
use timely::dataflow::channels::pushers::Exchange;
use timely::dataflow::channels::{ContainerBytes, Message};
use timely::logging::TimelyLogger;
use timely::scheduling::Activator;
use timely::worker::Worker;

type Batch<R> = Message<Time, Routed<R>>;

/// The pact by which routed batches travel.
pub(crate) struct RoutePact(Option<Perturbed>);

impl RoutePact {
    pub(crate) fn new(cx: &Cx<'_>) -> RoutePact {
        RoutePact(cx.worker.perturbed.clone())
    }
}

impl<R: Data> ParallelizationContract<Time, Routed<R>> for RoutePact {
    type Pusher = Exchange<Time, LogPusher<Box<dyn Push<Batch<R>>>>, ToTarget>;
    type Puller = Delivery<R>;

    fn connect(
        self,
        worker: &Worker,
        identifier: usize,
        address: Rc<[usize]>,
        logging: Option<TimelyLogger>,
    ) -> (Self::Pusher, Self::Puller) {
        let activator = || Activator::new(Rc::clone(&address), worker.activations());
        let reordered = self.0.map(|perturbed| Reordered {
            perturbed,
            activator: activator(),
            senders: (0..worker.peers()).map(|_| Sender { batches: VecDeque::new(), waits: 0 }).collect(),
            next: None,
        });
        let pact = DistributorPact(|_workers| ToTarget);
        let (pusher, puller) = pact.connect(worker, identifier, address, logging);
        (pusher, Delivery { puller, reordered })
    }
}

/// The receiving side of an exchange.
pub(crate) struct Delivery<R> {
    puller: LogPuller<Box<dyn Pull<Batch<R>>>>,
    reordered: Option<Reordered<R>>,
}

impl<R: Data> Pull<Batch<R>> for Delivery<R> {
    #[inline]
    fn pull(&mut self) -> &mut Option<Batch<R>> {
        match &mut self.reordered {
            None => self.puller.pull(),
            Some(reordered) => reordered.pull(&mut self.puller),
        }
    }
}

/// Batches that are held back and delivered in another order than they came in, as far as timely allows: those of one sender
/// stay in their order, and no frontier passes a batch that has not been delivered.
struct Reordered<R> {
    perturbed: Perturbed,
    activator: Activator,
    senders: Vec<Sender<R>>,
    next: Option<Batch<R>>,
}

struct Sender<R> {
    batches: VecDeque<Batch<R>>,
    /// For how many more rounds of the operator they are held back.
    waits: usize,
}

/// The longest that a sender is held back, in rounds of the operator.
const LONGEST_WAIT: usize = 24;

impl<R: Data> Reordered<R> {
    fn pull(&mut self, puller: &mut impl Pull<Batch<R>>) -> &mut Option<Batch<R>> {
        while let Some(batch) = puller.pull().take() {
            self.senders[batch.data.from].batches.push_back(batch);
        }
        let held = self.senders.iter().filter(|sender| !sender.batches.is_empty()).count();
        let ready: Vec<usize> = (0..self.senders.len())
            .filter(|&from| self.senders[from].waits == 0 && !self.senders[from].batches.is_empty())
            .collect();
        self.next = None;
        if !ready.is_empty() && !self.perturbed.one_in(4) {
            let sender = &mut self.senders[ready[self.perturbed.below(ready.len())]];
            self.next = sender.batches.pop_front();
            if self.perturbed.one_in(8) {
                sender.waits = self.perturbed.below(LONGEST_WAIT);
            }
        } else {
            self.senders.iter_mut().for_each(|sender| sender.waits = sender.waits.saturating_sub(1));
            if held > 0 {
                self.activator.activate();
            }
        }
        if let Some(batch) = &mut self.next
            && self.perturbed.one_in(2)
        {
            through_bytes(&mut batch.data);
        }
        &mut self.next
    }
}

/// Encodes and decodes a batch, as if it came from another process.
fn through_bytes<R: Data>(batch: &mut Routed<R>) {
    let mut bytes = Vec::with_capacity(batch.length_in_bytes());
    batch.into_bytes(&mut bytes);
    *batch = Routed::from_bytes(BytesMut::from(bytes).freeze());
}
