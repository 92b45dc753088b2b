//! The words that stand in `of = (…)`: how aggregates are made.

use super::{
    Collect, Count, Distinct, DistinctApprox, Extreme, First, IsComparable, IsDistinct, IsHashed, IsNumber, IsStored,
    IsSummand, Last, Mean, Natural, Reversed, Sum, Top, Variance,
};
use crate::base::witness::{If, Witness};
use std::cmp::Ordering;
use std::marker::PhantomData;

/// Makes aggregates of values `V`: the words of `of = (count(), sum(|v| …))` are its methods.
///
/// It knows the type of the values, so that closures need not say it: without the macro,
/// `aggregate_final(stream, "id", |of| (of.count(), of.sum(|v| v.bytes)))`.
///
/// ```
/// use flowstone::windows::aggregate::{Aggregate, Of};
///
/// let of = Of::<&str>::new();
/// let both = (of.count(), of.max(|word| word.len()));
/// assert_eq!(both.over(["to", "be", "or", "not"]), Some((4, 3)));
/// ```
pub struct Of<V>(PhantomData<fn(&V)>);

impl<V> Of<V> {
    /// For values of the type `V`.
    #[must_use]
    pub fn new() -> Self {
        Of(PhantomData)
    }

    /// How many values, as `u64`.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::<&str>::new().count().over(["a", "b"]), Some(2));
    /// ```
    #[must_use]
    pub fn count(&self) -> Count {
        Count(())
    }

    /// The sum of what `f` gives: of unsigned integers a `u64`, of signed ones an `i64` (of 128 bits a `u128`, an `i128`),
    /// of floats an `f64`, of durations a `Duration`. Integers stay at the greatest or least value of the sum's type rather
    /// than overflow; floats are summed with [compensation](super::CompensatedSum).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().sum(|n: &u8| *n).over([200, 100]), Some(300));
    /// assert_eq!(Of::new().sum(|x: &f64| *x).over([0.1; 10]), Some(1.0));
    /// ```
    pub fn sum<N: IsSummand<W>, W: Witness, F: Fn(&V) -> N + 'static>(&self, f: F) -> If<W, Sum<F>> {
        W::pass(Sum(f))
    }

    /// The mean of what `f` gives, as `f64`; the sum in it is [compensated](super::CompensatedSum).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().mean(|n: &u64| *n).over([1, 2]), Some(1.5));
    /// ```
    pub fn mean<N: IsNumber<W>, W: Witness, F: Fn(&V) -> N + 'static>(&self, f: F) -> If<W, Mean<F>> {
        W::pass(Mean(f))
    }

    /// The least of what `f` gives. Floats have no order of their own: see [`min_by`](Of::min_by).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().min(|n: &i64| *n).over([3, -1, 2]), Some(-1));
    /// ```
    pub fn min<T: IsComparable<W>, W: Witness, F: Fn(&V) -> T + 'static>(
        &self,
        f: F,
    ) -> If<W, Extreme<F, Reversed<Natural>>> {
        W::pass(Extreme { of: f, order: Reversed(Natural) })
    }

    /// The greatest of what `f` gives. Floats have no order of their own: see [`max_by`](Of::max_by).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().max(|word: &&str| word.len()).over(["to", "not"]), Some(3));
    /// ```
    pub fn max<T: IsComparable<W>, W: Witness, F: Fn(&V) -> T + 'static>(&self, f: F) -> If<W, Extreme<F, Natural>> {
        W::pass(Extreme { of: f, order: Natural })
    }

    /// The least of what `f` gives, by the order of `compare`; of equal ones the first to come.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().min_by(|x: &f64| *x, f64::total_cmp).over([0.5, -0.5]), Some(-0.5));
    /// ```
    pub fn min_by<T: IsStored<W>, W: Witness, F, C>(&self, f: F, compare: C) -> If<W, Extreme<F, Reversed<C>>>
    where
        F: Fn(&V) -> T + 'static,
        C: Fn(&T, &T) -> Ordering + 'static,
    {
        W::pass(Extreme { of: f, order: Reversed(compare) })
    }

    /// The greatest of what `f` gives, by the order of `compare`; of equal ones the first to come.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().max_by(|x: &f64| *x, f64::total_cmp).over([0.5, -0.5]), Some(0.5));
    /// ```
    pub fn max_by<T: IsStored<W>, W: Witness, F, C>(&self, f: F, compare: C) -> If<W, Extreme<F, C>>
    where
        F: Fn(&V) -> T + 'static,
        C: Fn(&T, &T) -> Ordering + 'static,
    {
        W::pass(Extreme { of: f, order: compare })
    }

    /// What `f` gives for the value that is first in time; of several at that time, for the first to come.
    ///
    /// ```
    /// use flowstone::clock::Timestamp;
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// let first = Of::new().first(|word: &&'static str| word.to_string());
    /// let mut state = first.start(Timestamp(20), &"second");
    /// first.add(&mut state, Timestamp(10), &"first");
    /// assert_eq!(Aggregate::<&str>::finish(&first, state), "first");
    /// ```
    pub fn first<T: IsStored<W>, W: Witness, F: Fn(&V) -> T + 'static>(&self, f: F) -> If<W, First<F>> {
        W::pass(First(f))
    }

    /// What `f` gives for the value that is last in time; of several at that time, for the last to come.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().last(|n: &u64| *n).over([3, 1, 2]), Some(2));
    /// ```
    pub fn last<T: IsStored<W>, W: Witness, F: Fn(&V) -> T + 'static>(&self, f: F) -> If<W, Last<F>> {
        W::pass(Last(f))
    }

    /// How what `f` gives is spread: mean, variance and standard deviation, as a [`Spread`](super::Spread).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// let spread = Of::new().variance(|n: &u64| *n).over([2, 4]).unwrap();
    /// assert_eq!((spread.mean, spread.variance(), spread.sample_variance()), (3.0, 1.0, Some(2.0)));
    /// ```
    pub fn variance<N: IsNumber<W>, W: Witness, F: Fn(&V) -> N + 'static>(&self, f: F) -> If<W, Variance<F>> {
        W::pass(Variance(f))
    }

    /// How many different ones `f` gives, as `u64`. Each of them is kept until then.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().distinct(|n: &u64| n % 3).over(0..10), Some(3));
    /// ```
    pub fn distinct<T: IsDistinct<W>, W: Witness, F: Fn(&V) -> T + 'static>(&self, f: F) -> If<W, Distinct<F>> {
        W::pass(Distinct(f))
    }

    /// About how many different ones `f` gives, as `u64`: exact up to 128, then with a standard error of 1.6 % in 4 KiB.
    /// See [`HyperLogLog`](super::HyperLogLog).
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// let users = Of::new().distinct_approx(|n: &u64| n % 50_000).over(0..100_000).unwrap();
    /// assert!(users.abs_diff(50_000) < 2_500);
    /// ```
    pub fn distinct_approx<T: IsHashed<W>, W: Witness, F: Fn(&V) -> T + 'static>(
        &self,
        f: F,
    ) -> If<W, DistinctApprox<F>> {
        W::pass(DistinctApprox(f))
    }

    /// The `n` greatest of what `f` gives, the greatest first; equal ones in the order in which they came.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().top(2, |n: &u64| *n).over([3, 1, 4, 1]), Some(vec![4, 3]));
    /// ```
    pub fn top<T: IsComparable<W>, W: Witness, F: Fn(&V) -> T + 'static>(
        &self,
        n: usize,
        f: F,
    ) -> If<W, Top<F, Natural>> {
        W::pass(Top { n, of: f, order: Natural })
    }

    /// The `n` greatest of what `f` gives, by the order of `compare`.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// let top = Of::new().top_by(2, |x: &f64| *x, f64::total_cmp);
    /// assert_eq!(top.over([0.5, 2.5, 1.5]), Some(vec![2.5, 1.5]));
    /// ```
    pub fn top_by<T: IsStored<W>, W: Witness, F, C>(&self, n: usize, f: F, compare: C) -> If<W, Top<F, C>>
    where
        F: Fn(&V) -> T + 'static,
        C: Fn(&T, &T) -> Ordering + 'static,
    {
        W::pass(Top { n, of: f, order: compare })
    }

    /// All that `f` gives, as a `Vec`, in the order of time; of values at one time, in the order in which they came.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().collect(|n: &u64| n * 10).over([1, 2]), Some(vec![10, 20]));
    /// ```
    pub fn collect<T: IsStored<W>, W: Witness, F: Fn(&V) -> T + 'static>(&self, f: F) -> If<W, Collect<F>> {
        W::pass(Collect(f))
    }
}

impl<V> Default for Of<V> {
    fn default() -> Self {
        Of::new()
    }
}
