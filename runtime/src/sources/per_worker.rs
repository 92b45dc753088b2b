//! `per_worker(…)`: a separate iterator on every worker.

use super::iter::IterReader;
use crate::base::bound::Bounded;
use crate::base::error::Fault;
use crate::source::{Next, Partitions, Reader, Source, SourceCx};

/// Calls `f` with the worker's number and the number of workers, on each worker, and reads the iterator it returns.
///
/// With recovery the items are counted: `f` must return the same items again, and the flow must be restarted with the same
/// number of workers.
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
    type Reader = PerWorkerReader<I::IntoIter>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::EveryWorker)
    }

    fn open(&self, partition: &str, position: Option<(usize, u64)>, cx: &SourceCx) -> Result<Self::Reader, Fault> {
        let workers = cx.workers;
        if let Some((before, _)) = position
            && before != workers
        {
            let what = format!("the items were shared out among {before} workers and are now among {workers}");
            return Err(Fault::new(what).partition(partition).help(format!("start the flow with {before} workers")));
        }
        let items = (self.0)(cx.worker, workers).into_iter();
        Ok(PerWorkerReader { items: IterReader::starting_at(items, position.map(|(_, read)| read)), workers })
    }
}

/// Reads the iterator of one worker.
pub struct PerWorkerReader<I> {
    items: IterReader<I>,
    workers: usize,
}

impl<I: Iterator> Reader for PerWorkerReader<I> {
    type Item = I::Item;
    /// The number of workers that the items are shared out among, and how many of this one's have been read.
    type Position = (usize, u64);

    #[inline(always)]
    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(I::Item)) -> Result<Next, Fault> {
        self.items.next_batch(budget, emit)
    }

    fn position(&self) -> (usize, u64) {
        (self.workers, self.items.position())
    }
}
