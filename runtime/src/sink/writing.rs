//! The operator that feeds a sink: what comes over its inputs, one epoch after the other.

use super::end::End;
use super::{Sink, SinkCx, Writer};
use crate::base::time::{EpochEnd, Time};
use crate::stream::{Align, Aligned, Chain, Op, OpState, Pool, Stream};
use std::collections::VecDeque;
use std::rc::Rc;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::Capability;

/// Puts the operator that feeds `sink` at the end of a chain.
pub(crate) fn write_to<'s, T, B, C, S: Sink<T>>(up: Stream<'s, T, B, C>, id: &'static str, sink: &S)
where
    T: Send + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    let cx = up.cx();
    let worker = Rc::clone(&cx.worker);
    let id = worker.ids.of(id);
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
    let edges = sink.place(up).chain.into_vec();
    let op = Op::new(id);
    op.end(&cx);
    if worker.snapshots.is_none() {
        op.end_of_epochs(&cx);
    }
    let activator = op.activator(&cx);
    let mut builder = op.take_builder(&cx);
    let address = builder.operator_info().address;
    let end = End::open(sink, &sink_cx, &worker, activator, cx.scope.worker().sync_activator_for(vec![address[0]]));
    let mut inputs: Vec<_> =
        edges.into_iter().map(|edge| (builder.new_input(edge.stream, Pipeline), edge.pool)).collect();
    let outputs = builder.shape().outputs();
    let state = op.state();
    let mut align = Align::new(worker.first_epoch, Rc::clone(&state));
    let pool = inputs.first().map(|(_, pool)| pool.clone());
    let mut feed = Feed { end, state, pool, wrote: false, outbox: VecDeque::new() };
    builder.build(move |capabilities| {
        drop(capabilities);
        move |frontiers| {
            if worker.shared.aborting() {
                return;
            }
            feed.send();
            if feed.outbox.is_empty() {
                for (input, _) in &mut inputs {
                    input.for_each(|capability, batch| {
                        if !batch.items.is_empty() {
                            align.receive(&capability, outputs, std::mem::take(&mut batch.items), &mut feed);
                        }
                    });
                }
            }
            let frontier = align.follow(frontiers, &mut feed);
            // What the queue has no room for keeps its time, so that the sources wait for it.
            if feed.outbox.is_empty() {
                match frontier {
                    Some(frontier) if feed.wrote => feed.state.downgrade(frontier),
                    _ => feed.state.clear(),
                }
            }
        }
    });
}

/// What goes to the writer.
struct Feed<T, W: Writer<T>> {
    end: Rc<End<T, W>>,
    state: Rc<OpState>,
    /// Where written vectors go back to.
    pool: Option<Pool<T>>,
    /// True where the open epoch has brought anything.
    wrote: bool,
    /// What the writer's queue has no room for yet.
    outbox: VecDeque<Parcel<T>>,
}

enum Parcel<T> {
    Batch(Vec<T>),
    EpochEnd { end: EpochEnd, wrote: bool, capabilities: Vec<Capability<Time>> },
}

impl<T: Send + 'static, W: Writer<T> + Send + 'static> Feed<T, W> {
    /// Sends the writer what it has room for.
    fn send(&mut self) {
        while let Some(parcel) = self.outbox.pop_front() {
            match parcel {
                Parcel::Batch(items) => match self.end.write(items) {
                    Ok(written) => {
                        if let (Some(pool), Some(written)) = (&self.pool, written) {
                            pool.give_back(written);
                        }
                    }
                    Err(items) => return self.outbox.push_front(Parcel::Batch(items)),
                },
                Parcel::EpochEnd { end, wrote, mut capabilities } => {
                    // Without recovery the last port is the one for the ends of epochs.
                    let port = capabilities.pop();
                    self.end.end_epoch(end, wrote, port);
                }
            }
        }
    }
}

impl<T: Send + 'static, W: Writer<T> + Send + 'static> Aligned<Vec<T>> for Feed<T, W> {
    fn batch(&mut self, items: Vec<T>) {
        self.wrote = true;
        self.outbox.push_back(Parcel::Batch(items));
        self.send();
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        let (wrote, capabilities) = (std::mem::take(&mut self.wrote), self.state.take());
        self.outbox.push_back(Parcel::EpochEnd { end, wrote, capabilities });
        self.send();
    }
}
