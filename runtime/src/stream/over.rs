//! Operators that read edges: the beginning of a chain that no source is part of.

use super::align::{Align, Aligned};
use super::chain::Chain;
use super::cx::Cx;
use super::edge::{Arrived, Edge, EdgePush, Edges};
use super::op::{Op, OpState, Origin};
use super::pool::Pool;
use super::push::{Push, batch};
use crate::base::time::{EpochEnd, Time};
use std::marker::PhantomData;
use std::rc::Rc;
use timely::dataflow::channels::pact::{ParallelizationContract, Pipeline};

impl<'s, T: 'static> Chain<'s, T> for Edges<'s, T> {
    const READS: bool = false;

    fn build<P: Push<T> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        run_over(cx, &op, self.into_vec(), || Pipeline, push);
    }

    fn into_edges(self, cx: &Cx<'s>, op: Op<'s>) -> Edges<'s, T> {
        if op.is_untouched() {
            return self;
        }
        let (push, edges) = EdgePush::new(cx, &op);
        self.build(cx, op, push);
        edges
    }
}

/// Finishes an operator that reads edges: what comes in is pushed through the stages of its chain. Where a stage holds what it
/// gets until an epoch ends, batches are aligned by epoch.
pub(super) fn run_over<'s, T, C, A, P>(
    cx: &Cx<'s>,
    op: &Op<'s>,
    edges: Vec<Edge<'s, C, T>>,
    pact: impl Fn() -> A,
    push: P,
) where
    T: 'static,
    C: Arrived<T>,
    A: ParallelizationContract<Time, C>,
    P: Push<T> + 'static,
{
    let mut builder = op.take_builder(cx);
    let state = op.state();
    state.set_origin(Origin::Operators(edges.iter().map(|edge| Rc::clone(&edge.filled_by)).collect()));
    let pools = edges.iter().map(|edge| edge.pool.clone()).collect();
    let mut inputs: Vec<_> = edges.into_iter().map(|edge| builder.new_input(edge.stream, pact())).collect();
    let outputs = builder.shape().outputs();
    let mut align = Align::new(cx.worker.first_epoch, Rc::clone(&state));
    let mut pushed = Pushed { push, state, pools, known: false, of: PhantomData };
    builder.build(move |capabilities| {
        drop(capabilities);
        move |frontiers| {
            pushed.known = pushed.state.partitions().is_some();
            for (number, input) in inputs.iter_mut().enumerate() {
                input.for_each(|capability, container| {
                    if P::HOLDS {
                        align.receive(&capability, outputs, (number, std::mem::take(container)), &mut pushed);
                    } else {
                        pushed.state.retain(&capability, outputs);
                        pushed.push(number, container);
                    }
                });
            }
            if !P::HOLDS {
                return pushed.state.clear();
            }
            if let Some(frontier) = align.follow(frontiers, &mut pushed) {
                pushed.state.downgrade(frontier);
            }
        }
    });
}

/// The stages, and what they know of the batches that come in.
struct Pushed<T, C, P> {
    push: P,
    state: Rc<OpState>,
    /// Of each input.
    pools: Vec<Pool<T>>,
    /// True where the partitions are known that bring what comes in.
    known: bool,
    of: PhantomData<fn(C)>,
}

impl<T: 'static, C: Arrived<T>, P: Push<T>> Pushed<T, C, P> {
    fn push(&mut self, input: usize, container: &mut C) {
        let first = if self.known { self.state.first_partition(input) } else { 0 };
        let partition = if self.known { first + container.partition() } else { 0 };
        self.state.partition.set(partition);
        let items = container.items();
        batch(&mut self.push, |next| items.drain(..).for_each(|item| next.push(item)));
        self.pools[input].give_back(std::mem::take(items));
        if self.known && container.ended() {
            self.state.end_partition(partition);
        }
        self.push.flush();
    }
}

impl<T: 'static, C: Arrived<T>, P: Push<T>> Aligned<(usize, C)> for Pushed<T, C, P> {
    fn batch(&mut self, (input, mut container): (usize, C)) {
        self.push(input, &mut container);
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        self.push.end_epoch(end);
        self.push.flush();
        self.state.clear();
    }
}
