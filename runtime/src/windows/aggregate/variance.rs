//! `variance`: how far values are spread around their mean, by Welford's method.

use super::{Aggregate, Number};
use crate::base::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// How what a closure gives is spread around its mean: [`Of::variance`](super::Of::variance).
pub struct Variance<F>(pub(super) F);

/// How values are spread around their mean. It is updated value by value (Welford) and merged (Chan), which is exact where
/// the sum of squares less the square of the sum would have lost all its digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// How many values.
    pub count: u64,
    /// Their mean; zero where there is none.
    pub mean: f64,
    /// The sum of the squares of their distances from the mean.
    pub squares: f64,
}

impl Spread {
    /// Takes one more value in.
    #[inline(always)]
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
    }

    /// Takes other values in.
    pub fn merge(&mut self, other: Spread) {
        let count = self.count + other.count;
        if count == 0 {
            return;
        }
        let (apart, share) = (other.mean - self.mean, other.count as f64 / count as f64);
        self.mean += apart * share;
        self.squares += other.squares + apart * apart * self.count as f64 * share;
        self.count = count;
    }

    /// The variance of the values themselves (SQL's `var_pop`); zero where there is none.
    #[must_use]
    pub fn variance(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.squares / self.count as f64 }
    }

    /// The variance of what the values are a sample of (SQL's `var_samp`); `None` for fewer than two.
    #[must_use]
    pub fn sample_variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The standard deviation of the values themselves: the root of [`variance`](Self::variance).
    #[must_use]
    pub fn std_dev(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The standard deviation of what the values are a sample of; `None` for fewer than two.
    #[must_use]
    pub fn sample_std_dev(&self) -> Option<f64> {
        self.sample_variance().map(f64::sqrt)
    }
}

impl<V, N: Number, F: Fn(&V) -> N + 'static> Aggregate<V> for Variance<F> {
    type State = Spread;
    type Out = Spread;

    #[inline(always)]
    fn start(&self, at: Timestamp, value: &V) -> Spread {
        let mut spread = Spread::default();
        self.add(&mut spread, at, value);
        spread
    }

    #[inline(always)]
    fn add(&self, spread: &mut Spread, _at: Timestamp, value: &V) {
        spread.add((self.0)(value).to_f64());
    }

    fn merge(&self, spread: &mut Spread, other: Spread) {
        spread.merge(other);
    }

    fn finish(&self, spread: Spread) -> Spread {
        spread
    }
}
