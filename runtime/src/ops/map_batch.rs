//! `map_batch`: a batch of items at a time.

use super::flat_map::push_all;
use crate::check::{If, IsMany, Witness};
use crate::stream::{Chain, Down, Push, Stage, Stream};

/// Passes items to `f` a batch at a time and emits any number of items.
///
/// How items fall into batches is a matter of how the flow runs, never of what it means: a batch has at least one item and at
/// most 1,024, and ends with whatever its source had at the time. (Bytewax: `flat_map_batch`.)
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow doubled(out: TestSink<u64>) {
///         input("numbers", iter([1, 2, 3]))
///             -> map_batch("double", |batch| batch.into_iter().map(|n| n * 2))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// doubled(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [2, 4, 6]);
/// ```
pub fn map_batch<'s, T, B, C, I: IsMany<U, W>, U: 'static, W: Witness, F>(
    up: Stream<'s, T, B, C>,
    id: &'static str,
    f: F,
) -> Stream<'s, U, If<W, B>, If<W, impl Chain<'s, U>>>
where
    T: 'static,
    B: 'static,
    C: Chain<'s, T>,
    F: Fn(Vec<T>) -> I + 'static,
{
    up.stage(MapBatch { id, f, batch: Vec::new() }).known::<W, _, _>()
}

/// Enough that what a call costs is nothing an item.
const MOST: usize = 1024;

struct MapBatch<T, F> {
    id: &'static str,
    f: F,
    batch: Vec<T>,
}

impl<T: 'static, I: IntoIterator, F: Fn(Vec<T>) -> I> Stage<T> for MapBatch<T, F> {
    type Out = I::Item;

    #[inline(always)]
    fn run<P: Push<I::Item>>(&mut self, item: T, next: &mut Down<'_, I::Item, P>) {
        self.batch.push(item);
        if self.batch.len() == MOST {
            self.flush(next);
        }
    }

    fn flush<P: Push<I::Item>>(&mut self, next: &mut Down<'_, I::Item, P>) {
        if !self.batch.is_empty() {
            let capacity = self.batch.len();
            let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(capacity));
            push_all(self.id, || (self.f)(batch).into_iter(), next);
        }
    }
}
