//! `flat_map`: any number of items out for one in.

use crate::check::{If, IsMany, Witness};
use crate::stream::{Chain, Down, Push, Stage, Stream, named};

/// Turns each item into any number of others: `f` returns anything that can be iterated over.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow words(out: TestSink<String>) {
///         input("lines", iter(["to be", "or"]))
///             -> flat_map("words", |line| line.split(' ').map(str::to_string))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// words(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), ["to", "be", "or"]);
/// ```
pub fn flat_map<'s, T, B, C, I: IsMany<U, W>, U: 'static, W: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, U, If<W, B>, If<W, impl Chain<'s, U>>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(T) -> I + 'static,
{
    up.stage(FlatMap { id, f }).known::<W, _, _>()
}

struct FlatMap<F> {
    id: &'static str,
    f: F,
}

impl<T, I: IntoIterator, F: Fn(T) -> I> Stage<T> for FlatMap<F> {
    type Out = I::Item;

    #[inline(always)]
    fn run<P: Push<I::Item>>(&mut self, item: T, next: &mut Down<'_, I::Item, P>) {
        push_all(self.id, || (self.f)(item).into_iter(), next);
    }
}

/// Pushes what an iterator of the user's gives. Its code runs in the name of `step`, what comes after does not.
#[inline(always)]
pub(super) fn push_all<I: Iterator, P: Push<I::Item>>(
    step: &'static str,
    items: impl FnOnce() -> I,
    next: &mut Down<'_, I::Item, P>,
) {
    let mut items = named(step, items);
    while let Some(item) = named(step, || items.next()) {
        next.push(item);
    }
}
