//! `per_worker(…)`: an iterator of its own on every worker.

use super::iter::IterReader;
use crate::bound::Bounded;
use crate::error::Fault;
use crate::source::{Partitions, Source, SourceCx};

/// Calls `f` with the worker's number and the number of workers, on each of them, and reads the iterator it gives.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow numbers(out: TestSink<usize>) {
///         input("numbers", per_worker(|worker, workers| (worker..10).step_by(workers))) -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// numbers(out.clone()).run(&Config::default().workers(2)).unwrap();
/// assert_eq!(out.sorted(), (0..10).collect::<Vec<_>>());
/// ```
pub fn per_worker<I, F>(f: F) -> PerWorker<F>
where
    I: IntoIterator<Item: 'static, IntoIter: 'static>,
    F: Fn(usize, usize) -> I,
{
    PerWorker(f)
}

/// The source that [`per_worker`] makes.
pub struct PerWorker<F>(F);

impl<I, F> Source for PerWorker<F>
where
    I: IntoIterator<Item: 'static, IntoIter: 'static>,
    F: Fn(usize, usize) -> I,
{
    type Item = I::Item;
    type Bound = Bounded;
    type Reader = IterReader<I::IntoIter>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::EveryWorker)
    }

    fn open(&self, _partition: &str, position: Option<u64>, cx: &SourceCx) -> Result<Self::Reader, Fault> {
        Ok(IterReader::starting_at((self.0)(cx.worker, cx.workers).into_iter(), position))
    }
}
