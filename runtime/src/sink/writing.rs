//! The operator that feeds a sink: what comes over its inputs, one epoch after the other.

use super::end::End;
use super::{Sink, SinkCx, Writer};
use crate::base::time::{EpochEnd, Time, epoch_of};
use crate::stream::{Chain, Op, OpState, Stream, least};
use std::collections::BTreeMap;
use std::rc::Rc;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::Capability;
use timely::progress::frontier::MutableAntichain;

/// Puts the operator that feeds `sink` at the end of a chain.
pub(crate) fn write_to<'s, T, B, C, S: Sink<T>>(up: Stream<'s, T, B, C>, id: &'static str, sink: &S)
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    let cx = up.cx();
    let worker = Rc::clone(&cx.worker);
    let sink_cx = SinkCx {
        step: id,
        worker: worker.index,
        workers: worker.peers,
        clock: worker.clock.clone(),
        execution: worker.execution,
        recovery: worker.snapshots.is_some(),
        fence: worker.fence,
    };
    worker.guarantees.sink(id, S::GUARANTEE);
    let end = Rc::new(End::new(id, S::GUARANTEE, Rc::clone(&worker)));
    end.open(|| sink.open(&sink_cx));
    let edges = sink.place(up).chain.into_vec();
    let op = Op::new(id);
    op.end(&cx);
    let mut builder = op.take_builder(&cx);
    let mut inputs: Vec<_> =
        edges.into_iter().map(|edge| (builder.new_input(edge.stream, Pipeline), edge.pool)).collect();
    let state = op.state();
    // An end of input that comes before anything else belongs to the first epoch.
    let mut core = Core { end, state, epoch: worker.first_epoch, wrote: false, waiting: BTreeMap::new(), ended: false };
    builder.build(move |capabilities| {
        drop(capabilities);
        move |frontiers| {
            if worker.shared.aborting() {
                return;
            }
            for (input, pool) in &mut inputs {
                input.for_each(|capability, batch| {
                    let items = &mut batch.items;
                    if items.is_empty() {
                        return;
                    }
                    let epoch = epoch_of(*capability.time());
                    if epoch <= core.epoch {
                        if core.state.is_clear() {
                            core.state.retain(&capability, 1);
                        }
                        core.write(items);
                        pool.give_back(std::mem::take(items));
                    } else {
                        let waiting = core.waiting.entry(epoch).or_insert_with(|| (capability.retain(0), Vec::new()));
                        waiting.1.push(std::mem::take(items));
                    }
                });
            }
            core.follow(frontiers);
        }
    });
}

/// The operator of a sink on one worker.
struct Core<T, W: Writer<T>> {
    end: Rc<End<T, W>>,
    state: Rc<OpState>,
    /// The epoch now being written.
    epoch: u64,
    /// True where the epoch has brought anything.
    wrote: bool,
    /// Items of later epochs.
    waiting: BTreeMap<u64, (Capability<Time>, Vec<Vec<T>>)>,
    ended: bool,
}

impl<T: 'static, W: Writer<T> + 'static> Core<T, W> {
    fn write(&mut self, items: &mut Vec<T>) {
        self.wrote |= !items.is_empty();
        self.end.write(items);
    }

    fn follow(&mut self, frontiers: &[MutableAntichain<Time>]) {
        let frontier = least(frontiers);
        let current = frontier.map(epoch_of);
        while current.is_none_or(|current| current > self.epoch) && !self.ended {
            let next = self.waiting.first_key_value().map(|(&epoch, _)| epoch);
            let next = next.filter(|&next| current.is_none_or(|current| next <= current));
            // The capability held till here tells the rest of the flow that the epoch was not done with.
            self.end.end_epoch(EpochEnd::of(self.epoch, next.or(current)), std::mem::take(&mut self.wrote));
            self.state.clear();
            match next {
                Some(next) => {
                    self.epoch = next;
                    if let Some((capability, batches)) = self.waiting.remove(&next) {
                        self.state.set(vec![capability]);
                        for mut items in batches {
                            self.write(&mut items);
                        }
                    }
                }
                None => match current {
                    Some(current) => self.epoch = current,
                    None => self.ended = true,
                },
            }
        }
        match frontier {
            Some(frontier) if self.wrote => self.state.downgrade(frontier),
            _ => self.state.clear(),
        }
    }
}
