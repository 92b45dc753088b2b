//! Joins: values of several streams brought together by their keys.
//!
//! [`ops::join`](crate::ops::join()) takes two to six sides and three words, each of them a type here: which values of a side
//! count ([`Insert`]), when rows come out ([`Emit`]), and which sides a row can lack ([`Kind`]). So a row's type says what can be
//! missing: an inner join of an `A` and a `B` gives `(A, B)`, a left one `(A, Option<B>)`, a full one
//! `(Option<A>, Option<B>)`.

mod aged;
mod each;
mod interval;
mod keywords;
mod rows;
mod side;
mod sides;
mod step;
mod window;
mod within;

pub(crate) use aged::Aged;
pub use each::{TimesOf, each};
pub(crate) use interval::IntervalJoin;
pub use keywords::{
    Clones, Complete, Emit, EmitsFrom, Final, First, Full, Inner, Insert, InsertOne, Kind, KindFor, Last, Left, May,
    Moves, Must, Presence, Product, Right, Running, Usual, When,
};
pub use rows::{Rows, Values};
pub use side::{Side2, Side3, Side4, Side5, Side6};
pub use sides::Sides;
pub(crate) use step::{Joining, joined};
pub(crate) use window::JoiningWindow;
pub use within::{End, Within, within};
