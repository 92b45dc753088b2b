//! Numbers: what can be summed up, into what, and how.

use crate::base::data::Data;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A number of which `mean` and `variance` can be taken.
pub trait Number: 'static {
    /// The nearest `f64`.
    fn to_f64(&self) -> f64;
}

/// Something that `sum` adds up.
pub trait Summand: 'static {
    /// What is kept: wide enough that sums rarely overflow, and exact enough that the order of values hardly matters.
    type Partial: Data + Clone + Default;
    /// The sum.
    type Total: 'static;

    /// Takes one more in.
    fn add_to(self, partial: &mut Self::Partial);

    /// Takes the sum of others in.
    fn merge(partial: &mut Self::Partial, other: Self::Partial);

    /// The sum.
    fn total(partial: Self::Partial) -> Self::Total;
}

macro_rules! integers {
    ($total:ty: $($of:ty)+) => {$(
        impl Number for $of {
            #[inline(always)]
            fn to_f64(&self) -> f64 {
                *self as f64
            }
        }

        /// A sum that is greater (or less) than the type of the total can hold stays at the greatest (or least) it can.
        impl Summand for $of {
            type Partial = $total;
            type Total = $total;

            #[inline(always)]
            fn add_to(self, partial: &mut $total) {
                *partial = partial.saturating_add(self as $total);
            }

            fn merge(partial: &mut $total, other: $total) {
                *partial = partial.saturating_add(other);
            }

            fn total(partial: $total) -> $total {
                partial
            }
        }
    )+};
}

integers!(u64: u8 u16 u32 u64 usize);
integers!(i64: i8 i16 i32 i64 isize);
integers!(u128: u128);
integers!(i128: i128);

macro_rules! floats {
    ($($of:ty)+) => {$(
        impl Number for $of {
            #[inline(always)]
            fn to_f64(&self) -> f64 {
                f64::from(*self)
            }
        }

        impl Summand for $of {
            type Partial = CompensatedSum;
            type Total = f64;

            #[inline(always)]
            fn add_to(self, partial: &mut CompensatedSum) {
                partial.add(f64::from(self));
            }

            fn merge(partial: &mut CompensatedSum, other: CompensatedSum) {
                partial.merge(other);
            }

            fn total(partial: CompensatedSum) -> f64 {
                partial.total()
            }
        }
    )+};
}

floats!(f32 f64);

impl Summand for Duration {
    type Partial = Duration;
    type Total = Duration;

    fn add_to(self, partial: &mut Duration) {
        *partial = partial.saturating_add(self);
    }

    fn merge(partial: &mut Duration, other: Duration) {
        *partial = partial.saturating_add(other);
    }

    fn total(partial: Duration) -> Duration {
        partial
    }
}

/// A sum of `f64`s that carries what rounding took away beside it (Kahan's summation as Neumaier improved it): the error
/// does not grow with the number of values.
///
/// ```
/// use flowstone::windows::aggregate::CompensatedSum;
///
/// let mut sum = CompensatedSum::default();
/// [1e100, 1.0, -1e100].into_iter().for_each(|x| sum.add(x));
/// assert_eq!(sum.total(), 1.0);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct CompensatedSum {
    sum: f64,
    lost: f64,
}

impl CompensatedSum {
    /// Takes one more in.
    #[inline(always)]
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let (greater, less) = if self.sum.abs() >= value.abs() { (self.sum, value) } else { (value, self.sum) };
        self.lost += (greater - sum) + less;
        self.sum = sum;
    }

    /// Takes the sum of others in.
    pub fn merge(&mut self, other: CompensatedSum) {
        self.add(other.sum);
        self.lost += other.lost;
    }

    /// The sum. It is infinite, or not a number, where adding the values one by one gives that.
    #[must_use]
    pub fn total(self) -> f64 {
        // What an infinite sum has lost is not a number.
        if self.sum.is_finite() { self.sum + self.lost } else { self.sum }
    }
}
