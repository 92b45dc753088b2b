//! What steps ask of their closures: of what these take, and of what they give.

use crate::base::witness::{Fails, Holds, If, Never, Witness};
use std::marker::PhantomData;

/// A closure's parameter with a type, of which [`Fits`] and [`FitsState`] are asked.
///
/// It is handed over behind the argument, so that rustc first looks at what the step gives. Where nothing before says
/// that, the type that stands at the parameter does. (The impls are for any type: one for this one would be shown to the
/// user.)
pub struct Typed;

/// Asks whether a parameter of type `U` can have what the step gives.
#[diagnostic::on_unimplemented(
    message = "this closure takes `{U}`, but the step passes `{T}`",
    label = "gets `{T}`",
    note = "write `{T}` or no type here, or turn the items into `{U}` before: `-> map(\"id\", |item| …)`"
)]
pub trait Fits<U, T>: Sized {
    /// The argument itself.
    fn fit(argument: T, typed: Self) -> U;
}

#[diagnostic::do_not_recommend]
impl<T, S> Fits<T, T> for S {
    #[inline(always)]
    fn fit(argument: T, _typed: S) -> T {
        argument
    }
}

/// Asks the same where the parameter is the state of a key.
#[diagnostic::on_unimplemented(
    message = "this closure takes `{U}` for the state of a key, which is an `&mut Option<…>`",
    label = "the state of a key, `None` until there is one",
    note = "write `|state: &mut Option<TYPE>, value| …`"
)]
pub trait FitsState<U, T>: Sized {
    /// The state itself.
    fn fit(state: T, typed: Self) -> U;
}

#[diagnostic::do_not_recommend]
impl<T, S> FitsState<T, T> for S {
    #[inline(always)]
    fn fit(state: T, _typed: S) -> T {
        state
    }
}

/// A type that a closure may leave to be found out, by what is done in it, or by what is done further on with what it
/// gives. Where nothing says it, or it will not do, [`is`](TypeOf::is) is where that becomes an error, the only one.
pub struct TypeOf<T>(PhantomData<fn() -> T>);

impl<T> Clone for TypeOf<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for TypeOf<T> {}

impl<T> Default for TypeOf<T> {
    fn default() -> Self {
        TypeOf(PhantomData)
    }
}

impl<T> TypeOf<T> {
    /// The state of a key, as the closure has it.
    #[inline(always)]
    pub fn state(self, state: &mut Option<T>) -> &mut Option<T> {
        state
    }

    /// A key, as the closure gives it.
    #[inline(always)]
    pub fn key(self, key: T) -> T {
        key
    }

    /// What is asked of the type behind all steps: `is(|of| of.known())`. A method can be called on what is of a known
    /// type only.
    #[inline(always)]
    pub fn is(self, _asked: fn(T)) {}
}

/// What can be called on anything whose type is known.
pub trait KnownType {
    /// Nothing.
    #[inline(always)]
    fn known(&self) {}
}

impl<T> KnownType for T {}

/// A key as a closure gives it, to be asked whether it borrows: `Given(&key).owns()`.
///
/// A reference into the item would pass for a key until rustc looks at lifetimes, where it says so at every step behind.
pub struct Given<'k, K>(pub &'k K);

/// What a key is that owns what it is made of.
pub struct Owned;

/// What a key is that refers to something else.
pub struct Borrowed;

impl<T: ?Sized> Given<'_, &T> {
    /// It does not: this is found before [`Owns::owns`], for references alone.
    #[inline(always)]
    pub fn owns(&self) -> Borrowed {
        Borrowed
    }
}

/// What can be asked of any key.
pub trait Owns {
    /// It does.
    fn owns(&self) -> Owned;
}

impl<K> Owns for Given<'_, K> {
    #[inline(always)]
    fn owns(&self) -> Owned {
        Owned
    }
}

/// Asks for a key that owns what it is made of.
#[diagnostic::on_unimplemented(
    message = "a key must be owned, but `{K}` borrows from the item",
    label = "returns `{K}`",
    note = "write `|item| ….to_owned()`, without `&` in front"
)]
pub trait IsOwned<K, W: Witness>: Sized {
    /// The key itself.
    fn own(key: K, owns: Self) -> If<W, K>;
}

#[diagnostic::do_not_recommend]
impl<K> IsOwned<K, Holds> for Owned {
    #[inline(always)]
    fn own(key: K, _owns: Self) -> K {
        key
    }
}

/// What a step that gives any number of items for one asks of what its closure gives.
#[diagnostic::on_unimplemented(
    message = "this step flattens what its closure returns, and `{Self}` cannot be iterated over",
    label = "needs a closure that returns a list, an iterator or an `Option`",
    note = "use `map` or `map_value` for one out of one in"
)]
pub trait IsMany<U, W: Witness>: IntoIterator<Item = U> {}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator> IsMany<I::Item, Holds> for I {}

#[diagnostic::do_not_recommend]
impl<I: IntoIterator + Never> IsMany<I::Item, Fails> for I {}

/// What `top_k` asks of what its closure gives.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no total order",
    label = "needs a closure that returns something `Ord`",
    note = "rank floating point numbers by whole ones: `|value| (value * 100.0) as i64`"
)]
pub trait IsRank<W: Witness>: Ord {}

#[diagnostic::do_not_recommend]
impl<O: Ord> IsRank<Holds> for O {}

#[diagnostic::do_not_recommend]
impl<O: Ord + Never> IsRank<Fails> for O {}
