//! What rustc knows of a bound: types that stand for one that holds, and for one that does not.

use std::marker::PhantomData;

/// The witness of a bound that holds.
pub struct Holds;

/// The witness of nothing: it keeps rustc from taking [`Holds`] for granted.
pub struct Fails;

mod sealed {
    /// No type has it. Where a type is not known yet, neither is this.
    pub trait Never {}

    impl<T: Never> Never for Option<T> {}

    impl<T: Never> Never for Vec<T> {}
}

/// `T`, where `W` is known to hold.
pub type If<W, T> = <W as Witness>::If<T>;

/// What rustc knows of a bound.
pub trait Witness {
    /// `T` itself.
    type If<T>;

    /// `t` itself.
    fn pass<T>(t: T) -> Self::If<T>;
}

macro_rules! witness {
    ($($of:ty),*) => {$(
        impl Witness for $of {
            type If<T> = T;

            #[inline(always)]
            fn pass<T>(t: T) -> T {
                t
            }
        }
    )*};
}

witness!(Holds, Fails);

/// The witness of two bounds.
pub struct Both<A, B>(PhantomData<(A, B)>);

impl<A: Witness, B: Witness> Witness for Both<A, B> {
    type If<T> = B::If<A::If<T>>;

    #[inline(always)]
    fn pass<T>(t: T) -> Self::If<T> {
        B::pass(A::pass(t))
    }
}

/// The witness of a clock with one watermark for all keys.
pub struct ForAll;

impl Witness for ForAll {
    type If<T> = T;

    #[inline(always)]
    fn pass<T>(t: T) -> T {
        t
    }
}

pub(crate) use sealed::Never;
