//! `first`, `last`, `collect`: values by their time, and by arrival where times are equal.

use super::Aggregate;
use crate::base::clock::Timestamp;
use crate::base::data::Data;

/// What a closure gives for the earliest value: [`Of::first`](super::Of::first).
pub struct First<F>(pub(super) F);

impl<V, T: Data + Clone, F: Fn(&V) -> T + 'static> Aggregate<V> for First<F> {
    type State = (Timestamp, T);
    type Out = T;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: &V) -> (Timestamp, T) {
        (at, (self.0)(value))
    }

    #[inline(always)]
    fn add(&self, first: &mut (Timestamp, T), at: Timestamp, value: &V) {
        if at < first.0 {
            *first = (at, (self.0)(value));
        }
    }

    fn merge(&self, first: &mut (Timestamp, T), other: (Timestamp, T)) {
        if other.0 < first.0 {
            *first = other;
        }
    }

    fn finish(&self, (_, first): (Timestamp, T)) -> T {
        first
    }
}

/// What a closure gives for the latest value: [`Of::last`](super::Of::last).
pub struct Last<F>(pub(super) F);

impl<V, T: Data + Clone, F: Fn(&V) -> T + 'static> Aggregate<V> for Last<F> {
    type State = (Timestamp, T);
    type Out = T;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: &V) -> (Timestamp, T) {
        (at, (self.0)(value))
    }

    #[inline(always)]
    fn add(&self, last: &mut (Timestamp, T), at: Timestamp, value: &V) {
        if at >= last.0 {
            *last = (at, (self.0)(value));
        }
    }

    fn merge(&self, last: &mut (Timestamp, T), other: (Timestamp, T)) {
        if other.0 >= last.0 {
            *last = other;
        }
    }

    fn finish(&self, (_, last): (Timestamp, T)) -> T {
        last
    }
}

/// All that a closure gives, in the order of time: [`Of::collect`](super::Of::collect).
pub struct Collect<F>(pub(super) F);

impl<V, T: Data + Clone, F: Fn(&V) -> T + 'static> Aggregate<V> for Collect<F> {
    type State = Vec<(Timestamp, T)>;
    type Out = Vec<T>;

    fn start(&self, at: Timestamp, value: &V) -> Vec<(Timestamp, T)> {
        vec![(at, (self.0)(value))]
    }

    #[inline(always)]
    fn add(&self, list: &mut Vec<(Timestamp, T)>, at: Timestamp, value: &V) {
        list.push((at, (self.0)(value)));
    }

    fn merge(&self, list: &mut Vec<(Timestamp, T)>, other: Vec<(Timestamp, T)>) {
        list.extend(other);
    }

    fn finish(&self, mut list: Vec<(Timestamp, T)>) -> Vec<T> {
        // A stable sort: equal times stay in the order of arrival.
        list.sort_by_key(|(at, _)| *at);
        list.into_iter().map(|(_, value)| value).collect()
    }
}
