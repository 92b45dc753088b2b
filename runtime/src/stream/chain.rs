//! The two sides of a chain: [`Chain`] while it is put together, [`Push`] while it runs.

use super::{Cx, EdgePush, Edges, Op};
use crate::time::EpochEnd;
use std::marker::PhantomData;

/// The steps from a producer to here, none of which runs yet. Steps implement it; users only meet it in signatures.
pub trait Chain<'s, T: 'static>: Sized {
    /// True where the producer reads a source, and its partitions are known.
    #[doc(hidden)]
    const READS: bool;

    /// Builds the operator whose producer begins this chain, with `push` behind the last stage.
    #[doc(hidden)]
    fn build<P: Push<T> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P);

    /// The items as edges between operators.
    #[doc(hidden)]
    fn into_edges(self, cx: &Cx<'s>, op: Op<'s>) -> Edges<'s, T> {
        let (push, edges) = EdgePush::new(cx, &op);
        self.build(cx, op, push);
        edges
    }
}

/// The running side of a stage: items are pushed in, one after the other, and what comes of them is pushed on.
///
/// During a batch, what changes with every item is in `Local`, which the loop that produces the items holds on its own
/// stack: only so can the compiler keep it in registers. It is moved out before the batch and back in after it, and paths
/// that are rarely taken get it by value.
pub trait Push<T> {
    /// True where something behind holds items back for the whole of an epoch.
    const HOLDS: bool;

    /// What changes with every item.
    type Local;

    /// Begins a round of the producer: what is due by the clock happens now. What it brings out is flushed.
    fn begin(&mut self) {}

    /// Begins a batch.
    fn open(&mut self) -> Self::Local;

    /// Takes one item.
    fn push(&mut self, local: &mut Self::Local, item: T);

    /// Ends a batch.
    fn close(&mut self, local: Self::Local);

    /// What is held in buffers goes on. Comes between batches.
    fn flush(&mut self);

    /// The end of an epoch, or of the input: what was held back for the whole of it goes on. [`flush`](Push::flush)
    /// comes after it.
    fn end_epoch(&mut self, end: EpochEnd);
}

/// A [`Push`] in the middle of a batch.
#[doc(hidden)]
pub(crate) struct Down<'a, T, P: Push<T>> {
    push: &'a mut P,
    local: &'a mut P::Local,
}

impl<'a, T, P: Push<T>> Down<'a, T, P> {
    #[inline(always)]
    pub(crate) fn new(push: &'a mut P, local: &'a mut P::Local) -> Self {
        Down { push, local }
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, item: T) {
        self.push.push(self.local, item);
    }

    /// The same, for a path that is rarely taken: what is handed on by value stays in registers on all others.
    #[inline(always)]
    pub(crate) fn again(&mut self) -> Down<'_, T, P> {
        Down { push: self.push, local: self.local }
    }
}

/// Runs a batch through `push`.
#[inline(always)]
pub(crate) fn batch<T, P: Push<T>, R>(push: &mut P, work: impl FnOnce(&mut Down<'_, T, P>) -> R) -> R {
    let mut local = push.open();
    let result = work(&mut Down { push, local: &mut local });
    push.close(local);
    result
}

/// What a stateless step does with one item: the logic alone, without the chain around it.
pub(crate) trait Stage<T> {
    /// What it passes on.
    type Out;

    /// A batch begins. The items of a batch are of one partition.
    #[inline(always)]
    fn open(&mut self) {}

    /// Takes one item and pushes what comes of it.
    fn run<P: Push<Self::Out>>(&mut self, item: T, next: &mut Down<'_, Self::Out, P>);

    /// The end of a batch.
    #[inline(always)]
    fn flush<P: Push<Self::Out>>(&mut self, _next: &mut Down<'_, Self::Out, P>) {}
}

/// A chain with one more stage.
pub(crate) struct Staged<C, S, T> {
    chain: C,
    stage: S,
    item: PhantomData<T>,
}

impl<C, S, T> Staged<C, S, T> {
    pub(crate) fn new(chain: C, stage: S) -> Self {
        Staged { chain, stage, item: PhantomData }
    }
}

impl<'s, T, C, S> Chain<'s, S::Out> for Staged<C, S, T>
where
    T: 'static,
    C: Chain<'s, T>,
    S: Stage<T, Out: 'static> + 'static,
{
    const READS: bool = C::READS;

    fn build<P: Push<S::Out> + 'static>(self, cx: &Cx<'s>, op: Op<'s>, push: P) {
        self.chain.build(cx, op, StagePush { stage: self.stage, next: push });
    }
}

struct StagePush<S, P> {
    stage: S,
    next: P,
}

impl<T, S: Stage<T>, P: Push<S::Out>> Push<T> for StagePush<S, P> {
    const HOLDS: bool = P::HOLDS;

    type Local = P::Local;

    fn begin(&mut self) {
        self.next.begin();
    }

    #[inline(always)]
    fn open(&mut self) -> P::Local {
        self.stage.open();
        self.next.open()
    }

    #[inline(always)]
    fn push(&mut self, local: &mut P::Local, item: T) {
        self.stage.run(item, &mut Down { push: &mut self.next, local });
    }

    #[inline(always)]
    fn close(&mut self, local: P::Local) {
        self.next.close(local);
    }

    fn flush(&mut self) {
        self.flush_stage();
        self.next.flush();
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        self.flush_stage();
        self.next.end_epoch(end);
    }
}

impl<S, P> StagePush<S, P> {
    fn flush_stage<T>(&mut self)
    where
        S: Stage<T>,
        P: Push<S::Out>,
    {
        let stage = &mut self.stage;
        batch(&mut self.next, |next| stage.flush(next));
    }
}
