//! A sink that keeps what it gets, for a test to look at.

use crate::base::error::Fault;
use crate::sink::{Guarantee, Sink, SinkCx, Writer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A sink that keeps what it gets. Clones share what they keep, so that a test holds one and the flow another.
#[derive(Debug)]
pub struct TestSink<T> {
    kept: Arc<Mutex<Contents<T>>>,
    fail_at: Option<usize>,
}

#[derive(Debug)]
struct Contents<T> {
    items: Vec<T>,
    /// What was prepared, by execution, worker and epoch, and is not committed.
    aside: BTreeMap<Prepared, Vec<T>>,
    /// How many items of each worker's epochs have been committed, in the order of commits: `(worker, epoch, items)`.
    commits: Vec<(usize, u64, usize)>,
    /// Items of epochs that were not committed are not seen by a reader.
    committed: Vec<T>,
}

impl<T> Clone for TestSink<T> {
    fn clone(&self) -> Self {
        TestSink { kept: Arc::clone(&self.kept), fail_at: self.fail_at }
    }
}

impl<T> Default for TestSink<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> TestSink<T> {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        let kept = Contents { items: Vec::new(), aside: BTreeMap::new(), commits: Vec::new(), committed: Vec::new() };
        TestSink { kept: Arc::new(Mutex::new(kept)), fail_at: None }
    }

    /// Fails when the item with this number (from 0, of all workers) comes.
    #[must_use]
    pub fn failing_at(mut self, item: usize) -> Self {
        self.fail_at = Some(item);
        self
    }

    /// Takes the items it has got so far, committed or not, in the order in which they came.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.kept().items)
    }

    /// The same, sorted: for what comes from several workers or keys.
    pub fn sorted(&self) -> Vec<T>
    where
        T: Ord,
    {
        let mut items = self.take();
        items.sort();
        items
    }

    /// Takes the items of committed epochs.
    pub fn take_committed(&self) -> Vec<T> {
        std::mem::take(&mut self.kept().committed)
    }

    /// What was committed: `(worker, epoch, number of items)`, in the order of the commits.
    #[must_use]
    pub fn commits(&self) -> Vec<(usize, u64, usize)> {
        self.kept().commits.clone()
    }

    /// How many items it has got so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().items.len()
    }

    /// True where nothing has come.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn kept(&self) -> MutexGuard<'_, Contents<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone + Send + 'static> Sink<T> for TestSink<T> {
    type Writer = TestWriter<T>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;
    const ON_WORKER: bool = true;

    fn open(&self, cx: &SinkCx) -> Result<TestWriter<T>, Fault> {
        let (execution, worker) = (cx.execution, cx.worker);
        Ok(TestWriter { sink: self.clone(), execution, worker, open: Vec::new() })
    }
}

/// Writes to a [`TestSink`].
pub struct TestWriter<T> {
    sink: TestSink<T>,
    execution: u64,
    worker: usize,
    /// The items of the open epoch.
    open: Vec<T>,
}

/// Execution, worker, epoch.
type Prepared = (u64, usize, u64);

impl<T: Clone> Writer<T> for TestWriter<T> {
    type Prepared = Prepared;

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        let mut kept = self.sink.kept();
        if let Some(fail_at) = self.sink.fail_at
            && kept.items.len() + items.len() > fail_at
        {
            return Err(Fault::new("the test said to fail").position(format!("item {fail_at}")));
        }
        self.open.extend(items.iter().cloned());
        kept.items.append(items);
        Ok(())
    }

    fn prepare(&mut self, epoch: u64) -> Result<Prepared, Fault> {
        let prepared = (self.execution, self.worker, epoch);
        self.sink.kept().aside.insert(prepared, std::mem::take(&mut self.open));
        Ok(prepared)
    }

    fn commit(&mut self, prepared: Prepared) -> Result<(), Fault> {
        let mut kept = self.sink.kept();
        if let Some(mut items) = kept.aside.remove(&prepared) {
            let (_, worker, epoch) = prepared;
            kept.commits.push((worker, epoch, items.len()));
            kept.committed.append(&mut items);
        }
        Ok(())
    }
}
