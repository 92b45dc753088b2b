//! The running side of a chain: what items are pushed into.

use crate::base::time::EpochEnd;

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
    pub(super) push: &'a mut P,
    pub(super) local: &'a mut P::Local,
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
