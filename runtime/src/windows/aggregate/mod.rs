//! Aggregates: what the values of a window, or of a key, come to, several of them in one pass.
//!
//! `aggregate_window("id", clock = …, windows = …, of = (count(), sum(|v| …), max(|v| …)))` gives a tuple a window, and
//! `aggregate_final("id", of = …)` one a key at the end of the input. The words in `of` are the methods of [`Of`]; an
//! aggregate of your own implements [`Aggregate`] and stands beside them as a value:
//!
//! ```
//! use flowstone::prelude::*;
//! use flowstone::testing::TestSink;
//! use flowstone::windows::aggregate::Aggregate;
//!
//! /// The product of the values, as far as a `u64` goes.
//! struct Product;
//!
//! impl Aggregate<u64> for Product {
//!     type State = u64;
//!     type Out = u64;
//!
//!     fn start(&self, _at: Timestamp, value: &u64) -> u64 {
//!         *value
//!     }
//!     fn add(&self, product: &mut u64, _at: Timestamp, value: &u64) {
//!         *product = product.saturating_mul(*value);
//!     }
//!     fn merge(&self, product: &mut u64, other: u64) {
//!         *product = product.saturating_mul(other);
//!     }
//!     fn finish(&self, product: u64) -> u64 {
//!         product
//!     }
//! }
//!
//! dataflow! {
//!     flow factorial(out: TestSink<((), (u64, u64, u64))>) {
//!         input("numbers", iter(1u64..=5))
//!             -> key_on("all", |_| ())
//!             -> aggregate_final("sums", of = (count(), sum(|n| *n), Product))
//!             -> output("out", out);
//!     }
//! }
//! let out = TestSink::new();
//! factorial(out.clone()).run(&Config::default()).unwrap();
//! assert_eq!(out.take(), [((), (5, 15, 120))]);
//! ```

mod distinct;
mod extremes;
mod gather;
mod hyperloglog;
mod logic;
mod number;
mod of;
mod order;
mod requirements;
mod sums;
mod tuples;
mod variance;
mod window_logic;

pub use distinct::{Distinct, DistinctApprox};
pub use extremes::{Compare, Extreme, Natural, Reversed, Top};
pub(crate) use gather::Gather;
#[doc(hidden)]
pub use gather::{IntoMap, IntoSet, IntoVec, WindowInto, into};
pub use hyperloglog::HyperLogLog;
pub use logic::Aggregates;
pub use number::{CompensatedSum, Number, Summand};
pub use of::Of;
pub use order::{Collect, First, Last};
pub use requirements::{IsAggregate, IsComparable, IsDistinct, IsHashed, IsNumber, IsStored, IsSummand};
pub use sums::{Count, Mean, Sum};
pub use variance::{Spread, Variance};
#[doc(hidden)]
pub use window_logic::WindowLogic;

use crate::base::clock::Timestamp;
use crate::base::data::Data;

/// What a number of values come to.
///
/// It is itself immutable; what changes is the state. A state is made of a first value, takes in more of them, and can be
/// merged with another one: `merge` must give what all values of both would have given, so that values can be added up
/// where they are made, and two sessions can become one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate of values `{V}`",
    label = "`of` needs aggregates here",
    note = "write `count()`, `sum(|v| …)`, `mean(|v| …)` and so on, one or up to twelve as `(count(), sum(|v| …))`, or implement `flowstone::windows::aggregate::Aggregate<{V}>`"
)]
pub trait Aggregate<V>: 'static {
    /// What is kept for the values so far. It is a serde type, so that a snapshot can hold it, and `Clone`, for windows that
    /// overlap share what they have in common.
    type State: Data + Clone;
    /// What they come to.
    type Out: 'static;

    /// The state of one value; `at` is its time, which is the same for all values where there is no window.
    fn start(&self, at: Timestamp, value: &V) -> Self::State;

    /// Takes one more value in.
    fn add(&self, state: &mut Self::State, at: Timestamp, value: &V);

    /// Takes the values of `other` in. Where order matters, they came later.
    fn merge(&self, state: &mut Self::State, other: Self::State);

    /// What the values come to.
    fn finish(&self, state: Self::State) -> Self::Out;

    /// What all of `values` come to, each at the same time; `None` where there is none. A test of an aggregate needs no flow.
    ///
    /// ```
    /// use flowstone::windows::aggregate::{Aggregate, Of};
    ///
    /// assert_eq!(Of::new().sum(|n: &u64| *n).over([1, 2, 3]), Some(6));
    /// ```
    fn over(&self, values: impl IntoIterator<Item = V>) -> Option<Self::Out> {
        let mut state = None;
        for value in values {
            add_to(self, &mut state, Timestamp::default(), &value);
        }
        state.map(|state| self.finish(state))
    }
}

/// Takes a value into a state, which it makes of the first one.
#[inline(always)]
pub(crate) fn add_to<V, A: Aggregate<V> + ?Sized>(
    aggregate: &A,
    state: &mut Option<A::State>,
    at: Timestamp,
    value: &V,
) {
    match state {
        Some(state) => aggregate.add(state, at, value),
        None => *state = Some(aggregate.start(at, value)),
    }
}

/// Takes the values of `other` into a state.
pub(crate) fn merge_into<V, A: Aggregate<V>>(aggregate: &A, state: &mut Option<A::State>, other: Option<A::State>) {
    match (state, other) {
        (Some(state), Some(other)) => aggregate.merge(state, other),
        (state, other @ Some(_)) => *state = other,
        (_, None) => {}
    }
}
