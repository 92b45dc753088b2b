//! A chain of steps while the flow is built: what its producer will be built with.

use super::cx::Cx;
use super::edge::{EdgePush, Edges};
use super::op::Op;
use super::push::{Down, Push, Stage, batch};
use crate::base::time::EpochEnd;
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
