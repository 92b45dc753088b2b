//! What aggregates ask of what their closures give. See [`check`](crate::check) for why there is a witness, and why two impls.

use super::{Aggregate, Number, Summand};
use crate::base::data::Data;
use crate::base::witness::Never;
use crate::base::witness::{Fails, Holds, Witness};
use std::hash::Hash;

/// What `sum` asks: a [`Summand`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be summed",
    label = "`sum` needs a closure that returns a number",
    note = "return an integer, a float or a `Duration`; for your own type implement `flowstone::windows::aggregate::Summand`"
)]
pub trait IsSummand<W: Witness>: Summand {}

#[diagnostic::do_not_recommend]
impl<N: Summand> IsSummand<Holds> for N {}

#[diagnostic::do_not_recommend]
impl<N: Summand + Never> IsSummand<Fails> for N {}

/// What `mean` and `variance` ask: a [`Number`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number",
    label = "needs a closure that returns a number",
    note = "return an integer or a float"
)]
pub trait IsNumber<W: Witness>: Number {}

#[diagnostic::do_not_recommend]
impl<N: Number> IsNumber<Holds> for N {}

#[diagnostic::do_not_recommend]
impl<N: Number + Never> IsNumber<Fails> for N {}

/// What `min`, `max` and `top` ask: something with an order of its own, which can be stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no total order, or cannot be cloned or stored",
    label = "needs a closure that returns something `Ord + Clone + Serialize + Deserialize + Send`",
    note = "for `f64`, write `max_by(|value| …, f64::total_cmp)`, `min_by` or `top_by`; for a type of your own, `#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]`"
)]
pub trait IsComparable<W: Witness>: Ord + Clone + Data {}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + Data> IsComparable<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: Ord + Clone + Data + Never> IsComparable<Fails> for T {}

/// What `first`, `last`, `collect` and the like ask: something that can be stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be cloned or stored in a snapshot",
    label = "needs a closure that returns something `Clone + Serialize + Deserialize + Send`",
    note = "write `#[derive(Clone, Serialize, Deserialize)]` on its type"
)]
pub trait IsStored<W: Witness>: Clone + Data {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Data> IsStored<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Data + Never> IsStored<Fails> for T {}

/// What `distinct` asks: something that can be found again, and stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used with `distinct`",
    label = "needs a closure that returns something `Hash + Eq + Clone + Serialize + Deserialize + Send`",
    note = "write `#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]` on its type; for a float, return its bits: `|value| value.to_bits()`"
)]
pub trait IsDistinct<W: Witness>: Hash + Eq + Clone + Data {}

#[diagnostic::do_not_recommend]
impl<T: Hash + Eq + Clone + Data> IsDistinct<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: Hash + Eq + Clone + Data + Never> IsDistinct<Fails> for T {}

/// What `distinct_approx` asks: something that can be hashed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used with `distinct_approx`",
    label = "needs a closure that returns something `Hash`",
    note = "write `#[derive(Hash)]` on its type; for a float, return its bits: `|value| value.to_bits()`"
)]
pub trait IsHashed<W: Witness>: Hash {}

#[diagnostic::do_not_recommend]
impl<T: Hash> IsHashed<Holds> for T {}

#[diagnostic::do_not_recommend]
impl<T: Hash + Never> IsHashed<Fails> for T {}

/// What a step with `of = …` asks: an [`Aggregate`] of its values, which come to a `U`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an aggregate of values `{V}`",
    label = "`of` needs aggregates",
    note = "write `count()`, `sum(|value| …)` and the like, or implement `flowstone::windows::aggregate::Aggregate<{V}>`"
)]
pub trait IsAggregate<V, U, W: Witness>: Aggregate<V, Out = U> {}

#[diagnostic::do_not_recommend]
impl<V, A: Aggregate<V>> IsAggregate<V, A::Out, Holds> for A {}

#[diagnostic::do_not_recommend]
impl<V, A: Aggregate<V> + Never> IsAggregate<V, A::Out, Fails> for A {}
