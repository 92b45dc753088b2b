//! Operators that read edges: the beginning of a chain that no source is part of.

use super::chain::Chain;
use super::cx::Cx;
use super::edge::{Arrived, Edge, EdgePush, Edges};
use super::op::Op;
use super::op::{Origin, least};
use super::push::{Push, batch};
use crate::base::time::{EpochEnd, Time, epoch_of};
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

/// Finishes an operator that reads edges: what comes in is pushed through the stages of its chain.
pub(super) fn run_over<'s, T, C, A, P>(
    cx: &Cx<'s>,
    op: &Op<'s>,
    edges: Vec<Edge<'s, C, T>>,
    pact: impl Fn() -> A,
    mut push: P,
) where
    T: 'static,
    C: Arrived<T>,
    A: ParallelizationContract<Time, C>,
    P: Push<T> + 'static,
{
    let mut builder = op.take_builder(cx);
    let state = op.state();
    state.set_origin(Origin::Operators(edges.iter().map(|edge| Rc::clone(&edge.filled_by)).collect()));
    let connect = |edge: Edge<'s, C, T>| (builder.new_input(edge.stream, pact()), edge.pool);
    let mut inputs: Vec<_> = edges.into_iter().map(connect).collect();
    let outputs = builder.shape().outputs();
    builder.build(move |capabilities| {
        drop(capabilities);
        move |frontiers| {
            let known = state.partitions().is_some();
            for (number, (input, pool)) in inputs.iter_mut().enumerate() {
                let first = if known { state.first_partition(number) } else { 0 };
                input.for_each(|capability, container| {
                    let partition = if known { first + container.partition() } else { 0 };
                    state.partition.set(partition);
                    if P::HOLDS && !state.is_clear() && epoch_of(state.time.get()) != epoch_of(*capability.time()) {
                        let (before, begins) = (epoch_of(state.time.get()), epoch_of(*capability.time()));
                        push.end_epoch(EpochEnd::of(before, Some(begins)));
                        push.flush();
                        state.clear();
                    }
                    if !P::HOLDS || state.is_clear() {
                        state.retain(&capability, outputs);
                    }
                    let items = container.items();
                    batch(&mut push, |next| items.drain(..).for_each(|item| next.push(item)));
                    pool.give_back(std::mem::take(items));
                    if known && container.ended() {
                        state.end_partition(partition);
                    }
                    push.flush();
                });
            }
            if !P::HOLDS || state.is_clear() {
                state.clear();
                return;
            }
            match least(frontiers) {
                Some(frontier) if epoch_of(frontier) == epoch_of(state.time.get()) => state.downgrade(frontier),
                frontier => {
                    push.end_epoch(EpochEnd::of(epoch_of(state.time.get()), frontier.map(epoch_of)));
                    push.flush();
                    state.clear();
                }
            }
        }
    });
}
