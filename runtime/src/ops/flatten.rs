//! `flatten`: the items inside of items.

use super::flat_map::push_all;
use crate::stream::{Chain, Down, Push, Stage, Stream};

/// Flattens items that can be iterated over.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow flat(out: TestSink<u64>) {
///         input("lists", iter([vec![1, 2], vec![], vec![3]])) -> flatten() -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// flat(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 2, 3]);
/// ```
pub fn flatten<'s, T, B, C>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
) -> Stream<'s, T::Item, B, impl Chain<'s, T::Item>>
where
    T: IntoIterator<Item: 'static> + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    up.stage(Flatten { id })
}

struct Flatten {
    id: &'static str,
}

impl<T: IntoIterator> Stage<T> for Flatten {
    type Out = T::Item;

    #[inline(always)]
    fn run<P: Push<T::Item>>(&mut self, item: T, next: &mut Down<'_, T::Item, P>) {
        push_all(self.id, || item.into_iter(), next);
    }
}
