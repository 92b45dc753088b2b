//! How the associative steps combine values, before the exchange and behind it.

use super::combine::Combine;
use super::logic::{After, Logic};
use crate::base::clock::Timestamp;
use crate::base::data::Data;
use std::rc::Rc;

/// Combines values by a function of the user's.
pub(crate) struct Reducing<F>(pub(crate) Rc<F>);

impl<V: Data, F: Fn(V, V) -> V + 'static> Combine<V> for Reducing<F> {
    /// `None` before the first value.
    type Acc = Option<V>;

    #[inline(always)]
    fn empty(&self) -> Option<V> {
        None
    }

    fn is_empty(&self, acc: &Option<V>) -> bool {
        acc.is_none()
    }

    #[inline(always)]
    fn add(&self, acc: &mut Option<V>, value: V) {
        *acc = Some(match acc.take() {
            Some(before) => (self.0)(before, value),
            None => value,
        });
    }
}

impl<V: Data, F: Fn(V, V) -> V + 'static> Merge<Option<V>> for Reducing<F> {
    type Out = V;

    fn merge(&self, acc: &mut Option<V>, more: Option<V>) {
        if let Some(more) = more {
            self.add(acc, more);
        }
    }

    fn out(&self, acc: Option<V>) -> Option<V> {
        acc
    }
}

/// Counts values.
pub(crate) struct Counting;

impl<V: 'static> Combine<V> for Counting {
    type Acc = u64;

    #[inline(always)]
    fn empty(&self) -> u64 {
        0
    }

    fn is_empty(&self, acc: &u64) -> bool {
        *acc == 0
    }

    #[inline(always)]
    fn add(&self, acc: &mut u64, _value: V) {
        *acc += 1;
    }
}

/// Adds counts up.
pub(crate) struct Adding;

impl Merge<u64> for Adding {
    type Out = u64;

    fn merge(&self, acc: &mut u64, more: u64) {
        *acc += more;
    }

    fn out(&self, acc: u64) -> Option<u64> {
        Some(acc)
    }
}

/// How accumulators of several workers become one, and what goes out.
pub(crate) trait Merge<A: Data>: 'static {
    type Out: 'static;

    fn merge(&self, acc: &mut A, more: A);

    fn out(&self, acc: A) -> Option<Self::Out>;
}

/// Merges accumulators until the epoch or the input ends.
pub(crate) struct Merging<M, const EACH_EPOCH: bool>(M);

impl<M> Merging<M, false> {
    pub(crate) fn until_end(merge: M) -> Self {
        Merging(merge)
    }
}

impl<M> Merging<M, true> {
    pub(crate) fn until_epoch_end(merge: M) -> Self {
        Merging(merge)
    }
}

impl<K, A: Data, M: Merge<A>, const EACH_EPOCH: bool> Logic<K, A> for Merging<M, EACH_EPOCH> {
    type State = Option<A>;
    type Out = M::Out;
    const EACH_EPOCH: bool = EACH_EPOCH;

    fn start(&self, _key: &K) -> Option<A> {
        None
    }

    #[inline(always)]
    fn on_value(
        &self,
        _key: &K,
        state: &mut Option<A>,
        value: A,
        _now: Timestamp,
        _emit: &mut impl FnMut(M::Out),
    ) -> After {
        match state {
            Some(acc) => self.0.merge(acc, value),
            None => *state = Some(value),
        }
        After::Keep
    }

    fn on_epoch_end(&self, key: &K, state: &mut Option<A>, emit: &mut impl FnMut(M::Out)) -> After {
        self.on_eof(key, state, emit)
    }

    fn on_eof(&self, _key: &K, state: &mut Option<A>, emit: &mut impl FnMut(M::Out)) -> After {
        state.take().and_then(|acc| self.0.out(acc)).into_iter().for_each(emit);
        After::Forget
    }
}
