//! `distinct` and `distinct_approx`: how many different ones.

use super::{Aggregate, HyperLogLog};
use crate::base::clock::Timestamp;
use crate::base::data::Data;
use foldhash::fast::FixedState;
use std::collections::HashSet;
use std::hash::Hash;

/// How many different ones a closure gives, exactly: [`Of::distinct`](super::Of::distinct).
pub struct Distinct<F>(pub(super) F);

impl<V, T: Hash + Eq + Clone + Data, F: Fn(&V) -> T + 'static> Aggregate<V> for Distinct<F> {
    type State = HashSet<T, FixedState>;
    type Out = u64;

    fn start(&self, _at: Timestamp, value: &V) -> HashSet<T, FixedState> {
        HashSet::from_iter([(self.0)(value)])
    }

    #[inline(always)]
    fn add(&self, seen: &mut HashSet<T, FixedState>, _at: Timestamp, value: &V) {
        seen.insert((self.0)(value));
    }

    fn merge(&self, seen: &mut HashSet<T, FixedState>, other: HashSet<T, FixedState>) {
        seen.extend(other);
    }

    fn finish(&self, seen: HashSet<T, FixedState>) -> u64 {
        seen.len() as u64
    }
}

/// About how many different ones a closure gives: [`Of::distinct_approx`](super::Of::distinct_approx).
pub struct DistinctApprox<F>(pub(super) F);

impl<V, T: Hash, F: Fn(&V) -> T + 'static> Aggregate<V> for DistinctApprox<F> {
    type State = HyperLogLog;
    type Out = u64;

    fn start(&self, at: Timestamp, value: &V) -> HyperLogLog {
        let mut sketch = HyperLogLog::default();
        self.add(&mut sketch, at, value);
        sketch
    }

    #[inline(always)]
    fn add(&self, sketch: &mut HyperLogLog, _at: Timestamp, value: &V) {
        sketch.add(&(self.0)(value));
    }

    fn merge(&self, sketch: &mut HyperLogLog, other: HyperLogLog) {
        sketch.merge(other);
    }

    fn finish(&self, sketch: HyperLogLog) -> u64 {
        sketch.count()
    }
}
