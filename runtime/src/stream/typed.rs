//! [`Stream`]: a chain of steps as users have it, with the type of its items and whether it ends.

use super::chain::{Chain, Staged};
use super::cx::Cx;
use super::edge::{EdgePush, Edges, Port};
use super::op::Op;
use super::push::{Push, Stage};
use crate::base::time::Time;
use crate::base::witness::{If, Witness};
use std::marker::PhantomData;
use timely::dataflow::StreamVec;

/// A stream of items `T` that is [`Bounded`](crate::bound::Bounded) or [`Unbounded`](crate::bound::Unbounded), and the
/// chain `C` of steps that makes them.
#[must_use = "a stream does nothing until it goes to an output or is discarded"]
pub struct Stream<'s, T, B, C> {
    pub(crate) cx: Cx<'s>,
    pub(crate) op: Op<'s>,
    pub(crate) chain: C,
    /// True where each key's items are on the worker that owns the key.
    pub(crate) placed: bool,
    marker: PhantomData<(T, B)>,
}

impl<'s, T: 'static, B, C: Chain<'s, T>> Stream<'s, T, B, C> {
    pub(crate) fn new(cx: Cx<'s>, op: Op<'s>, chain: C) -> Self {
        Stream { cx, op, chain, placed: false, marker: PhantomData }
    }

    /// Puts one more stage on the chain. The items' placement is lost; see [`placed`](Stream::placed).
    pub(crate) fn stage<S: Stage<T, Out: 'static> + 'static>(self, stage: S) -> Stream<'s, S::Out, B, Staged<C, S, T>> {
        let chain = Staged::new(self.chain, stage);
        Stream { cx: self.cx, op: self.op, chain, placed: false, marker: PhantomData }
    }

    /// Adds a port to the operator that will run this chain.
    pub(crate) fn port<U: 'static>(&self) -> (Port<U>, Stream<'s, U, B, Edges<'s, U>>) {
        let (push, edges) = EdgePush::new(&self.cx, &self.op);
        (Port(push), Stream::new(self.cx.clone(), Op::new("edges"), edges))
    }

    /// Says whether each key's items are on the worker that owns the key.
    pub(crate) fn placed(mut self, placed: bool) -> Self {
        self.placed = placed;
        self
    }

    /// The same items by another chain.
    pub(crate) fn chained<D: Chain<'s, T>>(self, chain: impl FnOnce(C) -> D) -> Stream<'s, T, B, D> {
        let chain = chain(self.chain);
        Stream { cx: self.cx, op: self.op, chain, placed: self.placed, marker: PhantomData }
    }

    /// Builds the operator: its producer, its stages, and `push` at the end.
    pub(crate) fn build<P: Push<T> + 'static>(self, push: P) {
        self.chain.build(&self.cx, self.op, push);
    }

    /// The stream as plain edges between operators; it builds the operator that fills them, if there is none yet.
    pub(crate) fn into_edges(self) -> Stream<'s, T, B, Edges<'s, T>> {
        let placed = self.placed;
        let edges = self.chain.into_edges(&self.cx, self.op);
        let op = Op::new("edges");
        Stream::new(self.cx, op, edges).placed(placed)
    }

    /// The stream as a timely one. See [`through_timely`](Stream::through_timely) for the way there and back.
    pub fn into_timely(self) -> StreamVec<'s, Time, T> {
        let edges = self.into_edges();
        edges.chain.into_timely(&edges.cx)
    }

    /// Takes the stream through timely operators written by hand.
    ///
    /// ```
    /// use flowstone::prelude::*;
    /// use flowstone::testing::TestSink;
    /// use flowstone::timely::dataflow::operators::Inspect;
    ///
    /// dataflow! {
    ///     flow by_hand(out: TestSink<u64>) {
    ///         input("numbers", iter(0..3))
    ///             -> apply("look", |stream| stream.through_timely(|timely| timely.inspect(|n| assert!(*n < 3))))
    ///             -> output("out", out);
    ///     }
    /// }
    /// let out = TestSink::new();
    /// by_hand(out.clone()).run(&Config::default()).unwrap();
    /// assert_eq!(out.take(), [0, 1, 2]);
    /// ```
    pub fn through_timely<U: 'static>(
        self,
        f: impl FnOnce(StreamVec<'s, Time, T>) -> StreamVec<'s, Time, U>,
    ) -> Stream<'s, U, B, Edges<'s, U>> {
        let cx = self.cx();
        Stream::from_timely(cx, f(self.into_timely()))
    }

    /// Where the stream is put together.
    #[must_use]
    pub fn cx(&self) -> Cx<'s> {
        self.cx.clone()
    }
}

impl<'s, T, B, C> Stream<'s, T, B, C> {
    /// The same stream, as what rustc knows of it where `W` holds: the caller says that `U` is `T` then, and `E` is `B`.
    #[inline(always)]
    pub(crate) fn known<W: Witness, U, E>(self) -> Stream<'s, U, E, If<W, C>> {
        let chain = W::pass(self.chain);
        Stream { cx: self.cx, op: self.op, chain, placed: self.placed, marker: PhantomData }
    }
}

impl<'s, T: 'static, B> Stream<'s, T, B, Edges<'s, T>> {
    /// A stream from a timely one. The type parameter `B` says whether it ends; it is for the caller to know.
    pub fn from_timely(cx: Cx<'s>, stream: StreamVec<'s, Time, T>) -> Self {
        let op = Op::new("edges");
        Stream::new(cx, op, Edges::from_timely(stream))
    }
}

impl<'s, T: Clone + 'static, B> Clone for Stream<'s, T, B, Edges<'s, T>> {
    /// A second reader of the same items: each gets every one.
    fn clone(&self) -> Self {
        let op = Op::new("edges");
        Stream::new(self.cx.clone(), op, self.chain.clone()).placed(self.placed)
    }
}
