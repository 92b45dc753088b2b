//! `apply`: any Rust function over the typed stream.

use crate::check::IsStep;
use crate::stream::{Chain, Stream, named};
use std::rc::Rc;

/// Passes the stream to any function and continues with the stream it returns: the way to use hand-written timely, and
/// to share chains of steps between flows.
///
/// Steps that the function calls have ids within that of the `apply`: one called `count` in `apply("tidy", …)` keeps its state as
/// `tidy.count`, so that a function can be used several times.
///
/// # Errors
/// Two steps with the same id, for example in one function, are an error before anything runs.
///
/// ```
/// use flowstone::ops;
/// use flowstone::prelude::*;
/// use flowstone::stream::Edges;
/// use flowstone::testing::TestSink;
///
/// /// Steps that several flows share.
/// fn tidy<'s>(lines: Stream<'s, String, Bounded, Edges<'s, String>>) -> Stream<'s, String, Bounded, impl Chain<'s, String>> {
///     let trimmed = ops::map(lines, "trim", |line| line.trim().to_string());
///     ops::filter(trimmed, "not_empty", |line| !line.is_empty())
/// }
///
/// dataflow! {
///     flow tidied(out: TestSink<String>) {
///         input("lines", iter([" a ".to_string(), "  ".to_string()])) -> apply("tidy", tidy) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// tidied(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), ["a"]);
/// ```
pub fn apply<'s, T, U, B, E, C, D, F: IsStep<'s, T, B, U, E, D, W>, W>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, U, E, D>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    let worker = Rc::clone(&up.cx.worker);
    let _within = worker.ids.apply(id);
    named(id, || f(up.into_edges()))
}
