//! `join`: values of several streams, brought together by their keys.

use crate::joins::{Emit, EmitsFrom, Insert, Joining, KindFor, Rows, Sides, joined};
use crate::stream::{Chain, Stream};
use std::time::Duration;

/// Joins two to six keyed streams: for each key, rows with a value of each side. In a flow:
/// `join("id", a, b, c)`, with these named arguments.
///
/// - `insert` selects which values of a side count: the `first`, the `last` (by default), or all of them, in a
///   `product` of all combinations.
/// - `emit` selects when rows are emitted. `complete` (by default): as soon as every side has a value; then the key is
///   forgotten, and starts over with its next value. `final`: at the end of the input, which must have one.
///   `running`: at each value, the key's current rows, changed or not.
/// - `kind` says which sides can be missing from a row; these are `Option`s: with `inner` none, with `left` all but the first, with
///   `right` all but the last, with `full` any. A `complete` join is `inner`; the others are `full` by default
///   otherwise.
/// - `ttl` forgets a key that long after its last value, by the flow's clock; a `final` join emits its rows then.
///
/// A row is the tuple of its sides: `(key, (a, b, c))`.
///
/// A key stays in memory until it is complete; with `final` until the end, with `running` for ever: set a `ttl` where
/// keys go out of use. Each value of a running product emits all rows again; what grows without end is better joined
/// within a stretch of time.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow who_bought_what(bought: TestSink<(u64, (String, String))>, all: TestSink<(u64, (String, Option<String>))>) {
///         users = input("users", iter([(1, "Ann"), (2, "Ben")])) -> map_value(|name| name.to_string());
///         orders = input("orders", iter([(1, "book"), (1, "lamp")])) -> map_value(|what| what.to_string());
///         join("purchases", users, orders) -> output("bought", bought);
///         join("latest", users, orders, emit = final, kind = left) -> output("all", all);
///     }
/// }
/// let (bought, all) = (TestSink::new(), TestSink::new());
/// who_bought_what(bought.clone(), all.clone()).run(&Config::default()).unwrap();
/// assert_eq!(bought.len(), 1);
/// let of = |user: &str, what: Option<&str>| (user.to_string(), what.map(String::from));
/// assert_eq!(all.sorted(), [(1, of("Ann", Some("lamp"))), (2, of("Ben", None))]);
/// ```
pub fn join<'s, S, I, E, M>(
    sides: S,
    id: &'static str,
    _insert: I,
    _emit: E,
    _kind: M,
    ttl: Option<Duration>,
) -> Stream<'s, (S::Key, RowOf<'s, S, I, E, M>), S::Bound, impl Chain<'s, (S::Key, RowOf<'s, S, I, E, M>)>>
where
    S: Sides<'s, Values: Rows<I, E::Way<I>, M::Kind>>,
    I: Insert,
    E: Emit + EmitsFrom<S::Bound>,
    M: KindFor<E>,
{
    joined(sides, id, Joining::<S::Values, I, E, M::Kind>::new(ttl))
}

/// The rows of a join.
pub type RowOf<'s, S, I, E, M> =
    <<S as Sides<'s>>::Values as Rows<I, <E as Emit>::Way<I>, <M as KindFor<E>>::Kind>>::Row;
