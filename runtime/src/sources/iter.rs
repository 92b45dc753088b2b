//! `iter(…)`: the items of a collection or an iterator, as a bounded source.

use crate::base::bound::Bounded;
use crate::base::error::Fault;
use crate::source::{Next, Partitions, Reader, Source, SourceCx};
use std::cell::Cell;

/// The items of anything that can be iterated over. Worker 0 reads them; put `-> redistribute()` after it to spread them.
///
/// The position is the number of items read; a start at a position skips that many.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(out: TestSink<u64>) {
///         input("numbers", iter(1..=3)) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// numbers(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [1, 2, 3]);
/// ```
pub fn iter<I: IntoIterator>(items: I) -> Iter<I> {
    Iter(Cell::new(Some(items)))
}

/// The source that [`iter`] makes.
pub struct Iter<I>(Cell<Option<I>>);

impl<I: IntoIterator<Item: 'static, IntoIter: 'static>> Source for Iter<I> {
    type Item = I::Item;
    type Bound = Bounded;
    type Reader = IterReader<I::IntoIter>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("iter"))
    }

    fn open(&self, _partition: &str, position: Option<u64>, _cx: &SourceCx) -> Result<Self::Reader, Fault> {
        let items = self.0.take().ok_or_else(|| Fault::new("an iterator can be read only once"))?;
        Ok(IterReader::starting_at(items.into_iter(), position))
    }
}

/// Reads an iterator.
pub struct IterReader<I> {
    /// `None` once it has ended.
    items: Option<I>,
    read: u64,
}

impl<I: Iterator> IterReader<I> {
    /// Skips the items that were read before.
    pub(super) fn starting_at(mut items: I, position: Option<u64>) -> Self {
        let read = position.unwrap_or(0);
        if let Some(last) = read.checked_sub(1) {
            items.nth(usize::try_from(last).unwrap_or(usize::MAX));
        }
        IterReader { items: Some(items), read }
    }
}

impl<I: Iterator> Reader for IterReader<I> {
    type Item = I::Item;
    type Position = u64;

    #[inline(always)]
    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(I::Item)) -> Result<Next, Fault> {
        // On this function's stack, so that the iterator's state can be in registers.
        let Some(mut items) = self.items.take() else { return Ok(Next::End) };
        for at in 0..budget {
            let Some(item) = items.next() else {
                self.read += at as u64;
                return Ok(Next::End);
            };
            emit(item);
        }
        self.read += budget as u64;
        self.items = Some(items);
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.read
    }
}
