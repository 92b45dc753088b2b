//! `count`, `sum`, `mean`.

use super::{Aggregate, CompensatedSum, Number, Summand};
use crate::base::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// How many values: [`Of::count`](super::Of::count).
pub struct Count(pub(super) ());

impl<V> Aggregate<V> for Count {
    type State = u64;
    type Out = u64;

    #[inline(always)]
    fn start(&self, _at: Timestamp, _value: &V) -> u64 {
        1
    }

    #[inline(always)]
    fn add(&self, count: &mut u64, _at: Timestamp, _value: &V) {
        *count += 1;
    }

    fn merge(&self, count: &mut u64, other: u64) {
        *count += other;
    }

    fn finish(&self, count: u64) -> u64 {
        count
    }
}

/// The sum of what a closure gives: [`Of::sum`](super::Of::sum).
pub struct Sum<F>(pub(super) F);

impl<V, N: Summand, F: Fn(&V) -> N + 'static> Aggregate<V> for Sum<F> {
    type State = N::Partial;
    type Out = N::Total;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: &V) -> N::Partial {
        let mut sum = N::Partial::default();
        self.add(&mut sum, at, value);
        sum
    }

    #[inline(always)]
    fn add(&self, sum: &mut N::Partial, _at: Timestamp, value: &V) {
        (self.0)(value).add_to(sum);
    }

    fn merge(&self, sum: &mut N::Partial, other: N::Partial) {
        N::merge(sum, other);
    }

    fn finish(&self, sum: N::Partial) -> N::Total {
        N::total(sum)
    }
}

/// The mean of what a closure gives: [`Of::mean`](super::Of::mean).
pub struct Mean<F>(pub(super) F);

/// What [`Mean`] keeps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    count: u64,
    sum: CompensatedSum,
}

impl<V, N: Number, F: Fn(&V) -> N + 'static> Aggregate<V> for Mean<F> {
    type State = Counted;
    type Out = f64;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: &V) -> Counted {
        let mut counted = Counted::default();
        self.add(&mut counted, at, value);
        counted
    }

    #[inline(always)]
    fn add(&self, counted: &mut Counted, _at: Timestamp, value: &V) {
        counted.count += 1;
        counted.sum.add((self.0)(value).to_f64());
    }

    fn merge(&self, counted: &mut Counted, other: Counted) {
        counted.count += other.count;
        counted.sum.merge(other.sum);
    }

    fn finish(&self, counted: Counted) -> f64 {
        counted.sum.total() / counted.count as f64
    }
}
