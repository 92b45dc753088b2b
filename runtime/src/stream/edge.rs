//! Edges between operators of one worker: items in vectors, handed over whole and given back to be filled again.

use super::chain::batch;
use super::op::least;
use super::{Chain, Cx, Op, OpState, Push};
use crate::time::{EpochEnd, Time, epoch_of};
use std::cell::RefCell;
use std::rc::Rc;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::{ParallelizationContract, Pipeline};
use timely::dataflow::channels::pushers::Output;

/// Empty vectors on their way back from the reader of an edge to its writer: timely frees a container otherwise.
pub(crate) struct Pool<T> {
    capacity: usize,
    vectors: Rc<RefCell<Vec<Vec<T>>>>,
}

impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Pool { capacity: self.capacity, vectors: Rc::clone(&self.vectors) }
    }
}

/// As many vectors are kept as may be on the way at a time; more would only grow cold.
const POOLED: usize = 8;

impl<T> Pool<T> {
    /// A pool of vectors for `capacity` items each.
    pub(crate) fn new(capacity: usize) -> Self {
        Pool { capacity, vectors: Rc::default() }
    }

    pub(crate) fn take(&self) -> Vec<T> {
        self.vectors.borrow_mut().pop().unwrap_or_else(|| Vec::with_capacity(self.capacity))
    }

    /// Takes back a vector that has been read, if it has the pool's capacity: one that was decoded from the network has
    /// just the capacity of what was in it.
    pub(crate) fn give_back(&self, mut vector: Vec<T>) {
        vector.clear();
        let mut vectors = self.vectors.borrow_mut();
        if vectors.len() < POOLED && vector.capacity() >= self.capacity {
            vectors.push(vector);
        }
    }
}

/// Items that come over one or several edges: what a chain begins with that has no producer of its own.
pub struct Edges<'s, T> {
    streams: Vec<(StreamVec<'s, Time, T>, Pool<T>)>,
}

impl<T: Clone + 'static> Clone for Edges<'_, T> {
    fn clone(&self) -> Self {
        Edges { streams: self.streams.clone() }
    }
}

impl<'s, T: 'static> Edges<'s, T> {
    pub(crate) fn one(stream: StreamVec<'s, Time, T>) -> Self {
        // Whoever writes to it allocates containers of its own: none comes back.
        Edges { streams: vec![(stream, Pool::new(usize::MAX))] }
    }

    /// The items of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.streams.extend(other.streams);
        self
    }

    pub(crate) fn into_streams(self) -> Vec<(StreamVec<'s, Time, T>, Pool<T>)> {
        self.streams
    }

    pub(crate) fn into_timely(self, cx: &Cx<'s>) -> StreamVec<'s, Time, T> {
        use timely::dataflow::operators::Concatenate;
        let mut streams = self.streams.into_iter().map(|(stream, _)| stream);
        match (streams.next(), streams.next()) {
            (Some(only), None) => only,
            (first, second) => cx.scope.concatenate(first.into_iter().chain(second).chain(streams)),
        }
    }
}

impl<'s, T: 'static> Chain<'s, T> for Edges<'s, T> {
    const READS: bool = false;

    fn build<P: Push<T> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        run_over(cx, &op, self.streams, || Pipeline, |items| items, push);
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

/// The end of a chain that fills an edge.
pub(crate) struct EdgePush<T> {
    buffer: Vec<T>,
    output: Output<Time, Vec<T>>,
    port: usize,
    state: Rc<OpState>,
    pool: Pool<T>,
}

/// How many items go in one batch: large enough that what a batch costs is nothing an item, small enough to stay in the
/// cache.
pub(super) fn batch_capacity<T>(cx: &Cx<'_>) -> usize {
    let capacity = (64 * 1024 / std::mem::size_of::<T>().max(1)).clamp(32, 4096);
    cx.worker.perturbed.as_ref().map_or(capacity, |perturbed| perturbed.capacity().min(capacity))
}

impl<T: 'static> EdgePush<T> {
    /// Adds a port to `op` and gives both of its sides.
    pub(crate) fn new<'s>(cx: &Cx<'s>, op: &Op<'s>) -> (EdgePush<T>, Edges<'s, T>) {
        let (output, port, stream) = op.output(cx);
        let pool = Pool::new(batch_capacity::<T>(cx));
        let push = EdgePush { buffer: Vec::new(), output, port, state: op.state(), pool: pool.clone() };
        (push, Edges { streams: vec![(stream, pool)] })
    }

    /// Sends a full vector on and gives an empty one.
    #[inline(never)]
    fn ship(&mut self, mut items: Vec<T>) -> Vec<T> {
        if !items.is_empty() {
            let capabilities = self.state.capabilities.borrow();
            self.output.give(&capabilities[self.port], &mut items);
        }
        items.clear();
        if items.capacity() >= self.pool.capacity { items } else { self.pool.take() }
    }
}

impl<T: 'static> Push<T> for EdgePush<T> {
    const HOLDS: bool = false;

    type Local = Vec<T>;

    #[inline(always)]
    fn open(&mut self) -> Vec<T> {
        std::mem::take(&mut self.buffer)
    }

    #[inline(always)]
    fn push(&mut self, buffer: &mut Vec<T>, item: T) {
        if buffer.len() == buffer.capacity() {
            *buffer = self.ship(std::mem::take(buffer));
        }
        buffer.push(item);
    }

    #[inline(always)]
    fn close(&mut self, buffer: Vec<T>) {
        self.buffer = buffer;
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() {
            let buffer = std::mem::take(&mut self.buffer);
            self.buffer = self.ship(buffer);
            drop(self.output.activate());
        }
    }

    fn end_epoch(&mut self, _end: EpochEnd) {}
}

/// A second way out of a stage, taken more seldom than the first.
pub(crate) struct Port<T>(pub(crate) EdgePush<T>);

impl<T: 'static> Port<T> {
    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        batch(&mut self.0, |next| next.push(item));
    }

    pub(crate) fn flush(&mut self) {
        self.0.flush();
    }
}

/// Finishes an operator that reads edges: what comes in is pushed through the stages of its chain.
pub(crate) fn run_over<'s, T, C, A, P>(
    cx: &Cx<'s>,
    op: &Op<'s>,
    streams: Vec<(timely::dataflow::Stream<'s, Time, C>, Pool<T>)>,
    pact: impl Fn() -> A,
    rows: impl Fn(&mut C) -> &mut Vec<T> + 'static,
    mut push: P,
) where
    T: 'static,
    C: timely::Container,
    A: ParallelizationContract<Time, C>,
    P: Push<T> + 'static,
{
    let mut builder = op.take_builder(cx);
    let mut inputs: Vec<_> =
        streams.into_iter().map(|(stream, pool)| (builder.new_input(stream, pact()), pool)).collect();
    let outputs = builder.shape().outputs();
    let state = op.state();
    *state.live.borrow_mut() = vec![true; inputs.len()];
    builder.build(move |capabilities| {
        drop(capabilities);
        move |frontiers| {
            for (number, (input, pool)) in inputs.iter_mut().enumerate() {
                state.partition.set(number);
                input.for_each(|capability, container| {
                    if P::HOLDS && !state.is_clear() && epoch_of(state.time.get()) != epoch_of(*capability.time()) {
                        let (before, begins) = (epoch_of(state.time.get()), epoch_of(*capability.time()));
                        push.end_epoch(EpochEnd::of(before, Some(begins)));
                        push.flush();
                        state.clear();
                    }
                    if !P::HOLDS || state.is_clear() {
                        state.retain(&capability, outputs);
                    }
                    let rows = rows(container);
                    batch(&mut push, |next| rows.drain(..).for_each(|item| next.push(item)));
                    pool.give_back(std::mem::take(rows));
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
