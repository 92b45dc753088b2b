//! `min`, `max`, `top`, and the same by an order of the user's.

use super::Aggregate;
use crate::base::clock::Timestamp;
use crate::base::data::Data;
use std::cmp::Ordering;

/// An order.
pub trait Compare<T>: 'static {
    /// Whether `a` comes before `b`.
    fn compare(&self, a: &T, b: &T) -> Ordering;
}

/// The order that a type has.
pub struct Natural;

impl<T: Ord> Compare<T> for Natural {
    #[inline(always)]
    fn compare(&self, a: &T, b: &T) -> Ordering {
        a.cmp(b)
    }
}

impl<T, F: Fn(&T, &T) -> Ordering + 'static> Compare<T> for F {
    #[inline(always)]
    fn compare(&self, a: &T, b: &T) -> Ordering {
        self(a, b)
    }
}

/// An order the other way round.
pub struct Reversed<C>(pub(super) C);

impl<T, C: Compare<T>> Compare<T> for Reversed<C> {
    #[inline(always)]
    fn compare(&self, a: &T, b: &T) -> Ordering {
        self.0.compare(b, a)
    }
}

/// The greatest of what a closure gives: [`Of::max`](super::Of::max), and with a reversed order [`Of::min`](super::Of::min).
/// Of equal ones the first to come.
pub struct Extreme<F, C> {
    pub(super) of: F,
    pub(super) order: C,
}

impl<V, T: Data + Clone, F: Fn(&V) -> T + 'static, C: Compare<T>> Aggregate<V> for Extreme<F, C> {
    type State = T;
    type Out = T;

    #[inline(always)]
    fn start(&self, _at: Timestamp, value: &V) -> T {
        (self.of)(value)
    }

    #[inline(always)]
    fn add(&self, greatest: &mut T, _at: Timestamp, value: &V) {
        self.merge(greatest, (self.of)(value));
    }

    #[inline(always)]
    fn merge(&self, greatest: &mut T, other: T) {
        if self.order.compare(&other, greatest) == Ordering::Greater {
            *greatest = other;
        }
    }

    fn finish(&self, greatest: T) -> T {
        greatest
    }
}

/// The `n` greatest of what a closure gives, the greatest first: [`Of::top`](super::Of::top).
pub struct Top<F, C> {
    pub(super) n: usize,
    pub(super) of: F,
    pub(super) order: C,
}

impl<F, C> Top<F, C> {
    /// Puts `next` in its place, behind its equals. Most are not greater than the last of them, which is seen first.
    #[inline(always)]
    fn offer<T>(&self, top: &mut Vec<T>, next: T)
    where
        C: Compare<T>,
    {
        let full = top.len() >= self.n;
        if full && top.last().is_none_or(|last| self.order.compare(&next, last) != Ordering::Greater) {
            return;
        }
        let place = top.partition_point(|other| self.order.compare(other, &next) != Ordering::Less);
        if full {
            top.pop();
        }
        top.insert(place, next);
    }
}

impl<V, T: Data + Clone, F: Fn(&V) -> T + 'static, C: Compare<T>> Aggregate<V> for Top<F, C> {
    type State = Vec<T>;
    type Out = Vec<T>;

    fn start(&self, at: Timestamp, value: &V) -> Vec<T> {
        let mut top = Vec::new();
        self.add(&mut top, at, value);
        top
    }

    #[inline(always)]
    fn add(&self, top: &mut Vec<T>, _at: Timestamp, value: &V) {
        self.offer(top, (self.of)(value));
    }

    fn merge(&self, top: &mut Vec<T>, other: Vec<T>) {
        for next in other {
            self.offer(top, next);
        }
    }

    fn finish(&self, top: Vec<T>) -> Vec<T> {
        top
    }
}
