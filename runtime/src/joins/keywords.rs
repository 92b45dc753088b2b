//! The words of a join as types: what comes out has another type with each, and nothing is decided per record.

use crate::base::bound::Bounded;
use crate::base::data::Data;

/// `insert = first`: the first value of a side counts, and those behind it do not.
#[derive(Debug, Clone, Copy, Default)]
pub struct First;

/// `insert = last`: the newest value of a side counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Last;

/// `insert = product`: all values of a side count; there is a row for each combination.
#[derive(Debug, Clone, Copy, Default)]
pub struct Product;

/// Which values of a side count: [`First`], [`Last`] or [`Product`].
pub trait Insert: Copy + 'static {
    /// What is kept of one side.
    type Cell<V: Data>: Data + Default;
    /// How rows get their values at the end of a key: [`Moves`] or [`Clones`].
    type Way;

    /// Takes a value in.
    fn put<V: Data>(cell: &mut Self::Cell<V>, value: V);

    /// The values that count.
    fn values<V: Data>(cell: &Self::Cell<V>) -> &[V];

    /// Takes in what was kept of values behind these, in another session that has become one with this.
    fn merge<V: Data>(cell: &mut Self::Cell<V>, later: Self::Cell<V>);
}

/// An [`Insert`] that keeps one value of a side.
pub trait InsertOne: Insert {
    /// Takes the value out.
    fn take<V: Data>(cell: &mut Self::Cell<V>) -> Option<V>;
}

impl Insert for First {
    type Cell<V: Data> = Option<V>;
    type Way = Moves;

    #[inline(always)]
    fn put<V: Data>(cell: &mut Option<V>, value: V) {
        if cell.is_none() {
            *cell = Some(value);
        }
    }

    #[inline(always)]
    fn values<V: Data>(cell: &Option<V>) -> &[V] {
        cell.as_slice()
    }

    fn merge<V: Data>(cell: &mut Option<V>, later: Option<V>) {
        if cell.is_none() {
            *cell = later;
        }
    }
}

impl InsertOne for First {
    #[inline(always)]
    fn take<V: Data>(cell: &mut Option<V>) -> Option<V> {
        cell.take()
    }
}

impl Insert for Last {
    type Cell<V: Data> = Option<V>;
    type Way = Moves;

    #[inline(always)]
    fn put<V: Data>(cell: &mut Option<V>, value: V) {
        *cell = Some(value);
    }

    #[inline(always)]
    fn values<V: Data>(cell: &Option<V>) -> &[V] {
        cell.as_slice()
    }

    fn merge<V: Data>(cell: &mut Option<V>, later: Option<V>) {
        if later.is_some() {
            *cell = later;
        }
    }
}

impl InsertOne for Last {
    #[inline(always)]
    fn take<V: Data>(cell: &mut Option<V>) -> Option<V> {
        cell.take()
    }
}

impl Insert for Product {
    type Cell<V: Data> = Vec<V>;
    type Way = Clones;

    #[inline(always)]
    fn put<V: Data>(cell: &mut Vec<V>, value: V) {
        cell.push(value);
    }

    #[inline(always)]
    fn values<V: Data>(cell: &Vec<V>) -> &[V] {
        cell
    }

    fn merge<V: Data>(cell: &mut Vec<V>, mut later: Vec<V>) {
        cell.append(&mut later);
    }
}

/// Rows take their values out of what is kept: each value goes into one row.
#[derive(Debug, Clone, Copy)]
pub struct Moves;

/// Rows clone their values: a value can go into many.
#[derive(Debug, Clone, Copy)]
pub struct Clones;

/// `emit = complete`: rows come out as soon as every side has a value; then the key is forgotten.
#[derive(Debug, Clone, Copy, Default)]
pub struct Complete;

/// `emit = final`: rows come out at the end of the input.
#[derive(Debug, Clone, Copy, Default)]
pub struct Final;

/// `emit = running`: rows come out at each value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Running;

/// When rows come out: [`Complete`], [`Final`] or [`Running`].
pub trait Emit: Copy + 'static {
    /// How rows get their values.
    type Way<I: Insert>;
    /// Which sides can be missing unless it is said.
    type Usual: Kind;
    /// The same as a value.
    const WHEN: When;
}

/// When rows come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// As soon as every side has a value.
    Complete,
    /// At the end of the input.
    Final,
    /// At each value.
    Running,
}

impl Emit for Complete {
    type Way<I: Insert> = I::Way;
    type Usual = Inner;
    const WHEN: When = When::Complete;
}

impl Emit for Final {
    type Way<I: Insert> = I::Way;
    type Usual = Full;
    const WHEN: When = When::Final;
}

impl Emit for Running {
    type Way<I: Insert> = Clones;
    type Usual = Full;
    const WHEN: When = When::Running;
}

/// An [`Emit`] for streams of this boundedness: what waits for the end needs streams that end.
#[diagnostic::on_unimplemented(
    message = "`emit = final` waits for the end of its input, but not all of these streams end",
    label = "needs streams that end",
    note = "use `Complete` or `Running`, or sources that end"
)]
pub trait EmitsFrom<B>: Emit {}

impl<B> EmitsFrom<B> for Complete {}

impl<B> EmitsFrom<B> for Running {}

impl EmitsFrom<Bounded> for Final {}

/// No side is missing in a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inner;

/// The first side is in every row; the others can be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Left;

/// The last side is in every row; the others can be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Right;

/// Any side can be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Full;

/// What is usual for when rows come out: [`Inner`] with [`Complete`], [`Full`] with [`Final`] and [`Running`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Usual;

/// Which sides a row can lack: [`Inner`], [`Left`], [`Right`] or [`Full`].
pub trait Kind: Copy + 'static {
    /// The first side.
    type First: Presence;
    /// Those between.
    type Middle: Presence;
    /// The last side.
    type Last: Presence;
}

impl Kind for Inner {
    type First = Must;
    type Middle = Must;
    type Last = Must;
}

impl Kind for Left {
    type First = Must;
    type Middle = May;
    type Last = May;
}

impl Kind for Right {
    type First = May;
    type Middle = May;
    type Last = Must;
}

impl Kind for Full {
    type First = May;
    type Middle = May;
    type Last = May;
}

/// A [`Kind`] that goes with when rows come out.
#[diagnostic::on_unimplemented(
    message = "`emit = complete` waits until every side has a value, so that none can be missing",
    label = "needs `emit = final` or `emit = running`",
    note = "write `emit = final` for rows at the end of the input, `emit = running` for rows at each value, or leave `kind` out"
)]
pub trait KindFor<E> {
    /// What it means there.
    type Kind: Kind;
}

impl<E: Emit> KindFor<E> for Usual {
    type Kind = E::Usual;
}

impl<E: Emit> KindFor<E> for Inner {
    type Kind = Inner;
}

macro_rules! kinds {
    ($($kind:ident),*) => {$(
        impl KindFor<Final> for $kind {
            type Kind = $kind;
        }

        impl KindFor<Running> for $kind {
            type Kind = $kind;
        }
    )*};
}

kinds!(Left, Right, Full);

/// A side that is in every row.
#[derive(Debug, Clone, Copy)]
pub struct Must;

/// A side that a row can lack.
#[derive(Debug, Clone, Copy)]
pub struct May;

/// Whether a row can lack a side: [`Must`] or [`May`].
pub trait Presence: 'static {
    /// What stands in a row for a value `V`.
    type Out<V: 'static>: 'static;

    /// What stands in a row for the value, if there is a row without it.
    fn of<V: 'static>(value: Option<V>) -> Option<Self::Out<V>>;

    /// How many rows there are for so many values, for one combination of the others.
    fn rows(values: usize) -> usize;
}

impl Presence for Must {
    type Out<V: 'static> = V;

    #[inline(always)]
    fn of<V: 'static>(value: Option<V>) -> Option<V> {
        value
    }

    #[inline(always)]
    fn rows(values: usize) -> usize {
        values
    }
}

impl Presence for May {
    type Out<V: 'static> = Option<V>;

    #[inline(always)]
    fn of<V: 'static>(value: Option<V>) -> Option<Option<V>> {
        Some(value)
    }

    #[inline(always)]
    fn rows(values: usize) -> usize {
        values.max(1)
    }
}
