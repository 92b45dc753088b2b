//! `try_map`: a map that can fail, with a port for what failed.

use crate::stream::{Chain, Down, Edges, Port, Push, Stage, Stream, named};

/// Turns each item into another; if that fails, the item and the error go to the port `.err`.
///
/// The closure borrows the item, so that the item itself can go to `.err`. To take it apart instead, use
/// [`split`](super::split()).
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(good: TestSink<u64>, bad: TestSink<String>) {
///         parsed = input("texts", iter(["1", "x", "3"])) -> try_map("parse", |text| text.parse::<u64>());
///         parsed.err -> map(|(text, error)| format!("{text}: {error}")) -> output("bad", bad);
///         parsed -> output("good", good);
///     }
/// }
/// let (good, bad) = (TestSink::new(), TestSink::new());
/// numbers(good.clone(), bad.clone()).run(&Config::default()).unwrap();
/// assert_eq!(good.take(), [1, 3]);
/// assert_eq!(bad.take(), ["x: invalid digit found in string"]);
/// ```
pub fn try_map<'s, T, B, C, U, E, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> (Stream<'s, U, B, impl Chain<'s, U>>, Stream<'s, (T, E), B, Edges<'s, (T, E)>>)
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    U: 'static,
    E: 'static,
    F: Fn(&T) -> Result<U, E> + 'static,
{
    let (push, errors) = up.port();
    (up.stage(TryMap { id, f, errors: push }), errors)
}

struct TryMap<T, E, F> {
    id: &'static str,
    f: F,
    errors: Port<(T, E)>,
}

impl<T: 'static, U, E: 'static, F: Fn(&T) -> Result<U, E>> Stage<T> for TryMap<T, E, F> {
    type Out = U;

    #[inline(always)]
    fn run<P: Push<U>>(&mut self, item: T, next: &mut Down<'_, U, P>) {
        match named(self.id, || (self.f)(&item)) {
            Ok(out) => next.push(out),
            Err(error) => self.errors.push((item, error)),
        }
    }

    fn flush<P: Push<U>>(&mut self, _next: &mut Down<'_, U, P>) {
        self.errors.flush();
    }
}
