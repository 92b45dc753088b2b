//! What joins ask of their sides, each question with its message. See [`check`](crate::check) for how that works.

use super::pairs::{KeyOf, ValueOf};
use crate::base::witness::{Fails, Holds, If, Witness};
use crate::stream::Stream;

/// The witness of another key. There are two that can fail, so that rustc has to choose between them.
pub struct Differs;

impl Witness for Differs {
    type If<T> = T;

    fn pass<T>(t: T) -> T {
        t
    }
}

mod sealed {
    /// No type has it.
    pub trait Never {}
}
use sealed::Never;

/// Asks for the key that the first of several streams has.
#[diagnostic::on_unimplemented(
    message = "this step takes streams with one key: the first has `{K}`, this one `{L}`",
    label = "another key",
    note = "give them keys of one type: `-> key_on(\"id\", |item| …)`"
)]
pub trait SharesKey<K, L, W: Witness>: Sized {
    /// A stream with the key of `first`.
    #[inline(always)]
    fn shares<'s, T, B, C, U, D>(
        _first: &Stream<'s, T, B, C>,
        this: Stream<'s, U, Self, D>,
    ) -> Stream<'s, If<W, U>, If<W, Self>, If<W, D>>
    where
        T: KeyOf<K>,
        U: KeyOf<L>,
    {
        this.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, K> SharesKey<K, K, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, K, L: Never> SharesKey<K, L, Fails> for B {}

#[diagnostic::do_not_recommend]
impl<B, K, L: Never> SharesKey<K, L, Differs> for B {}

/// Asks for values that can be cloned.
#[diagnostic::on_unimplemented(
    message = "this step emits a value more than once, but `{V}` cannot be cloned",
    label = "needs values that are `Clone`",
    note = "write `#[derive(Clone)]` on the type"
)]
pub trait ClonesValues<V, W: Witness>: Sized {
    /// A stream whose values can be cloned.
    #[inline(always)]
    fn cloned<'s, T: ValueOf<V>, C>(stream: Stream<'s, T, Self, C>) -> Stream<'s, If<W, T>, If<W, Self>, If<W, C>> {
        stream.known::<W, _, _>()
    }
}

#[diagnostic::do_not_recommend]
impl<B, V: Clone> ClonesValues<V, Holds> for B {}

#[diagnostic::do_not_recommend]
impl<B, V: Clone + Never> ClonesValues<V, Fails> for B {}
