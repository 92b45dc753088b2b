//! Edges between operators of one worker: items in vectors, handed over whole and given back to be filled again.

use super::cx::Cx;
use super::op::{Op, OpState};
use super::pool::Pool;
use super::push::{Push, batch};
use super::routed::Routed;
use crate::base::time::{EpochEnd, Time};
use std::rc::Rc;
use timely::Accountable;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::channels::pushers::Output;
use timely::dataflow::operators::generic::Operator;

/// Items of one partition that go over an edge together.
pub(crate) struct Batch<T> {
    pub(crate) items: Vec<T>,
    /// The partition: see [`OpState::partition`].
    partition: usize,
    /// True where the partition brings nothing more after this.
    ended: bool,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Batch { items: Vec::new(), partition: 0, ended: false }
    }
}

impl<T: Clone> Clone for Batch<T> {
    fn clone(&self) -> Self {
        Batch { items: self.items.clone(), partition: self.partition, ended: self.ended }
    }
}

impl<T> Accountable for Batch<T> {
    /// Timely drops what it takes for empty, which a batch is not that says that a partition has ended.
    fn record_count(&self) -> i64 {
        i64::try_from(self.items.len()).unwrap_or(i64::MAX).max(self.ended.into())
    }
}

/// What arrives at an operator at once.
pub(super) trait Arrived<T>: timely::Container {
    fn items(&mut self) -> &mut Vec<T>;

    /// The partition of the input that it is of.
    fn partition(&self) -> usize {
        0
    }

    /// True where the partition brings nothing more.
    fn ended(&self) -> bool {
        false
    }
}

impl<R: 'static> Arrived<R> for Routed<R> {
    fn items(&mut self) -> &mut Vec<R> {
        &mut self.rows
    }
}

impl<T: 'static> Arrived<T> for Batch<T> {
    fn items(&mut self) -> &mut Vec<T> {
        &mut self.items
    }

    fn partition(&self) -> usize {
        self.partition
    }

    fn ended(&self) -> bool {
        self.ended
    }
}

/// One edge: what comes over it, and where its vectors go back to.
pub(crate) struct Edge<'s, C, T> {
    pub(crate) stream: timely::dataflow::Stream<'s, Time, C>,
    pub(crate) pool: Pool<T>,
    /// The operator that fills it.
    pub(super) filled_by: Rc<OpState>,
}

impl<C: Clone + 'static, T> Clone for Edge<'_, C, T> {
    fn clone(&self) -> Self {
        Edge { stream: self.stream.clone(), pool: self.pool.clone(), filled_by: Rc::clone(&self.filled_by) }
    }
}

/// Items that come over one or several edges: what a chain begins with that has no producer of its own.
pub struct Edges<'s, T> {
    edges: Vec<Edge<'s, Batch<T>, T>>,
}

impl<T: Clone + 'static> Clone for Edges<'_, T> {
    fn clone(&self) -> Self {
        Edges { edges: self.edges.clone() }
    }
}

impl<'s, T: 'static> Edges<'s, T> {
    /// What an operator written by hand gives.
    pub(crate) fn from_timely(stream: StreamVec<'s, Time, T>) -> Self {
        let stream = stream.unary(Pipeline, "from timely", |_, _| {
            move |input, output| {
                input.for_each(|time, items| {
                    let mut batch = Batch { items: std::mem::take(items), ..Batch::default() };
                    output.session(&time).give_container(&mut batch);
                });
            }
        });
        // The operator written by hand allocates containers of its own: none goes back to it.
        Edges { edges: vec![Edge { stream, pool: Pool::new(usize::MAX), filled_by: Rc::new(OpState::new()) }] }
    }

    /// The items of both.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.edges.extend(other.edges);
        self
    }

    pub(crate) fn into_vec(self) -> Vec<Edge<'s, Batch<T>, T>> {
        self.edges
    }

    pub(crate) fn into_timely(self, cx: &Cx<'s>) -> StreamVec<'s, Time, T> {
        use timely::dataflow::operators::Concatenate;
        let items = |edge: Edge<'s, Batch<T>, T>| {
            edge.stream.unary(Pipeline, "into timely", |_, _| {
                move |input, output| {
                    input.for_each(|time, batch| output.session(&time).give_container(&mut batch.items));
                }
            })
        };
        let mut streams = self.edges.into_iter().map(items);
        match (streams.next(), streams.next()) {
            (Some(only), None) => only,
            (first, second) => cx.scope.concatenate(first.into_iter().chain(second).chain(streams)),
        }
    }
}

/// The end of a chain that fills an edge.
pub(crate) struct EdgePush<T> {
    buffer: Vec<T>,
    /// The partition of what is in the buffer.
    partition: usize,
    output: Output<Time, Batch<T>>,
    port: usize,
    state: Rc<OpState>,
    pool: Pool<T>,
    /// The partitions of which the reader knows that they have ended.
    ended: Vec<bool>,
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
        let (state, ended) = (op.state(), Vec::new());
        let push = EdgePush { buffer: Vec::new(), partition: 0, output, port, state, pool: pool.clone(), ended };
        (push, Edges { edges: vec![Edge { stream, pool, filled_by: op.state() }] })
    }

    /// Sends a full vector on and gives an empty one.
    #[inline(never)]
    fn ship(&mut self, items: Vec<T>) -> Vec<T> {
        if !items.is_empty() {
            self.give(Batch { items, partition: self.partition, ended: false });
        }
        self.pool.take()
    }

    fn give(&mut self, mut batch: Batch<T>) {
        let capabilities = self.state.capabilities.borrow();
        self.output.give(&capabilities[self.port], &mut batch);
    }

    /// Says which partitions have ended, after all that they brought.
    #[cold]
    fn give_ended(&mut self) {
        let partitions = self.state.partitions().map_or(0, |partitions| partitions.here);
        self.ended.resize(partitions, false);
        for partition in 0..partitions {
            if self.state.has_ended(partition) && !std::mem::replace(&mut self.ended[partition], true) {
                self.give(Batch { items: Vec::new(), partition, ended: true });
            }
        }
        drop(self.output.activate());
    }
}

impl<T: 'static> Push<T> for EdgePush<T> {
    const HOLDS: bool = false;

    type Local = Vec<T>;

    #[inline(always)]
    fn open(&mut self) -> Vec<T> {
        let buffer = std::mem::take(&mut self.buffer);
        let before = std::mem::replace(&mut self.partition, self.state.partition.get());
        if before == self.partition || buffer.is_empty() {
            return buffer;
        }
        // A batch is of one partition.
        let partition = std::mem::replace(&mut self.partition, before);
        let buffer = self.ship(buffer);
        self.partition = partition;
        buffer
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
        if self.state.ended() != self.ended.iter().filter(|ended| **ended).count() && !self.state.is_clear() {
            self.give_ended();
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
