//! A stateful step in the operator that reads its source: with one worker every row is where it belongs, and no edge lies
//! between.

use super::backend::StateBackend;
use super::core::{Core, Sender};
use crate::base::data::{Data, IsKeyed, Key, hash_key};
use crate::base::time::EpochEnd;
use crate::stream::{Down, OpState, Push, named};
use std::rc::Rc;

/// The end of a source's chain that is a stateful step.
pub(super) struct Fused<K, V, Q, P> {
    pub(super) id: &'static str,
    pub(super) core: Core<K, V, Q, P>,
    /// That of the operator it is in.
    pub(super) state: Rc<OpState>,
}

impl<T, K, V, Q, P> Push<T> for Fused<K, V, Q, P>
where
    T: IsKeyed<K, V>,
    K: Key,
    V: Data,
    Q: StateBackend<K, V>,
    P: Push<(K, Q::Out)>,
{
    const HOLDS: bool = P::HOLDS;

    type Local = P::Local;

    fn begin(&mut self) {
        if self.core.begin() {
            self.core.settle();
        }
    }

    #[inline(always)]
    fn open(&mut self) -> P::Local {
        self.core.push.open()
    }

    #[inline(always)]
    fn push(&mut self, local: &mut P::Local, item: T) {
        let (key, value) = item.into_pair();
        let hash = named(self.id, || hash_key(&key));
        let (backend, push) = self.core.parts();
        backend.take(0, (hash, key, value), &mut Down::new(push, local));
    }

    #[inline(always)]
    fn close(&mut self, local: P::Local) {
        self.core.push.close(local);
    }

    fn flush(&mut self) {
        self.core.hear(Sender { from: 0, watermark: self.state.watermark.get() });
        self.core.settle();
    }

    fn end_epoch(&mut self, end: EpochEnd) {
        self.core.end_epoch(end);
    }
}
