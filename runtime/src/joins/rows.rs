//! What is kept for a key of a join, and the rows that come of it.

use super::keywords::{Clones, Insert, InsertOne, Kind, Moves, Presence};
use super::side::{Side2, Side3, Side4, Side5, Side6};
use crate::base::data::Data;

/// The types of the sides' values, as a tuple: of two to six.
pub trait Values: Sized + 'static {
    /// A value of one of the sides.
    type Side: Data;
    /// What is kept for a key.
    type Cells<I: Insert>: Data + Default;

    /// Takes a value in.
    fn put<I: Insert>(cells: &mut Self::Cells<I>, side: Self::Side);

    /// Takes in what was kept of values behind these.
    fn merge<I: Insert>(cells: &mut Self::Cells<I>, later: Self::Cells<I>);

    /// Whether every side has a value.
    fn is_complete<I: Insert>(cells: &Self::Cells<I>) -> bool;
}

/// How the values of a key become rows: by which of them count, how rows get them, and which sides a row can lack.
#[diagnostic::on_unimplemented(
    message = "this join emits values more than once, but not all of `{Self}` can be cloned",
    label = "needs values that are `Clone`",
    note = "write `#[derive(Clone)]` on their types"
)]
pub trait Rows<I: Insert, W, M: Kind>: Values {
    /// A row.
    type Row: 'static;

    /// Hands the rows of a key to `emit`.
    fn rows(cells: &mut Self::Cells<I>, emit: &mut impl FnMut(Self::Row));
}

macro_rules! rows {
    ($side:ident: $($variant:ident $value:ident $at:tt $presence:ident $cell:ident)*) => {
        impl<$($value: Data),*> Values for ($($value,)*) {
            type Side = $side<$($value),*>;
            type Cells<I: Insert> = ($(I::Cell<$value>,)*);

            #[inline(always)]
            fn put<I: Insert>(cells: &mut Self::Cells<I>, side: Self::Side) {
                match side {
                    $($side::$variant(value) => I::put(&mut cells.$at, value),)*
                }
            }

            fn merge<I: Insert>(cells: &mut Self::Cells<I>, later: Self::Cells<I>) {
                $(I::merge(&mut cells.$at, later.$at);)*
            }

            #[inline(always)]
            fn is_complete<I: Insert>(cells: &Self::Cells<I>) -> bool {
                $(!I::values(&cells.$at).is_empty())&&*
            }
        }

        impl<I: InsertOne, M: Kind, $($value: Data),*> Rows<I, Moves, M> for ($($value,)*) {
            type Row = ($(<M::$presence as Presence>::Out<$value>,)*);

            #[inline(always)]
            fn rows(cells: &mut Self::Cells<I>, emit: &mut impl FnMut(Self::Row)) {
                $(let Some($cell) = M::$presence::of(I::take(&mut cells.$at)) else { return };)*
                emit(($($cell,)*));
            }
        }

        impl<I: Insert, M: Kind, $($value: Data + Clone),*> Rows<I, Clones, M> for ($($value,)*) {
            type Row = ($(<M::$presence as Presence>::Out<$value>,)*);

            #[inline(always)]
            fn rows(cells: &mut Self::Cells<I>, emit: &mut impl FnMut(Self::Row)) {
                $(let $cell = I::values(&cells.$at);)*
                rows!(@product M emit () $($presence $cell)*);
            }
        }
    };

    // A loop for each side, one in the other, and a row in the last.
    (@product $m:ident $emit:ident ($($done:ident $index:ident $cell:ident)*)) => {
        $(let Some($cell) = $m::$done::of($cell.get($index).cloned()) else { continue };)*
        $emit(($($cell,)*));
    };
    (@product $m:ident $emit:ident ($($done:tt)*) $presence:ident $cell:ident $($rest:ident)*) => {
        for index in 0..$m::$presence::rows($cell.len()) {
            rows!(@product $m $emit ($($done)* $presence index $cell) $($rest)*);
        }
    };
}

rows!(Side2: First A 0 First a Second B 1 Last b);
rows!(Side3: First A 0 First a Second B 1 Middle b Third C 2 Last c);
rows!(Side4: First A 0 First a Second B 1 Middle b Third C 2 Middle c Fourth D 3 Last d);
rows!(Side5: First A 0 First a Second B 1 Middle b Third C 2 Middle c Fourth D 3 Middle d Fifth E 4 Last e);
rows!(Side6: First A 0 First a Second B 1 Middle b Third C 2 Middle c Fourth D 3 Middle d Fifth E 4 Middle e
    Sixth F 5 Last f);
