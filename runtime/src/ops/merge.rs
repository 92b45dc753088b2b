//! `merge`: several streams as one.

use crate::base::bound::{And, Boundedness};
use crate::stream::{Chain, Edges, Op, Stream};

/// The items of both streams, in any order. Bounded where both are; items stay where they are placed.
///
/// In a flow, `merge(a, b, c)` takes two or more.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow both(out: TestSink<u64>) {
///         low = input("low", iter(1..=2));
///         high = input("high", iter(8..=9));
///         merge(low, high) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// both(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.sorted(), [1, 2, 8, 9]);
/// ```
pub fn merge<'s, T, U: SameItem<T> + 'static, B1, B2, C1, C2>(
    a: Stream<'s, T, B1, C1>,
    b: Stream<'s, U, B2, C2>,
    _id: &'static str,
) -> Stream<'s, T, B1::Both, Edges<'s, T>>
where
    T: 'static,
    B1: Boundedness + And<B2>,
    B2: Boundedness,
    C1: Chain<'s, T>,
    C2: Chain<'s, U>,
{
    let (cx, placed) = (a.cx(), a.placed && b.placed);
    let edges = a.into_edges().chain.and(U::same(b.into_edges().chain));
    let op = Op::new("merge");
    Stream::new(cx, op, edges).placed(placed)
}

/// What `merge` asks of the second stream's items.
#[diagnostic::on_unimplemented(
    message = "`merge` takes streams of one type: the first carries `{T}`, this one `{Self}`",
    label = "another item type",
    note = "turn the items into one type before: `-> map(\"id\", |item| …)`"
)]
pub trait SameItem<T>: Sized {
    #[doc(hidden)]
    fn same(edges: Edges<'_, Self>) -> Edges<'_, T>;
}

impl<T> SameItem<T> for T {
    fn same(edges: Edges<'_, Self>) -> Edges<'_, T> {
        edges
    }
}
