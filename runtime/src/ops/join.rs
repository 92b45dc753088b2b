//! `join`: values of several streams, brought together by their keys.

use crate::joins::{Emit, EmitsFrom, Insert, Joining, KindFor, Rows, Sides, joined};
use crate::stream::{Chain, Stream};
use std::time::Duration;

/// Brings the values of two to six keyed streams together: for each key, rows with a value of each side. In a flow:
/// `join("id", a, b, c)`, with these arguments by name.
///
/// - `insert` says which values of a side count: the `first`, the `last` (unless told otherwise), or all of them, in a
///   `product` of all combinations.
/// - `emit` says when rows come out. `complete` (unless told otherwise): as soon as every side has a value; then the key is
///   forgotten, and begins anew with its next value. `final`: at the end of the input, which must have one.
///   `running`: at each value, what the key's rows are by then, be they changed or not.
/// - `kind` says which sides a row can lack, and these are `Option`s: with `inner` none, with `left` all but the first, with
///   `right` all but the last, with `full` any. A `complete` join is `inner`; the others are `full` unless told
///   otherwise.
/// - `ttl` forgets a key that long after its last value, by the flow's clock; a `final` join puts out its rows then.
///
/// A row is the tuple of its sides: `(key, (a, b, c))`.
///
/// A key stays in memory until it is complete; with `final` until the end, with `running` for ever: say a `ttl` where
/// keys go out of use. Each value of a running product puts out all rows again; what grows without end is better joined
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
