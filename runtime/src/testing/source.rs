//! A source that follows a script: items, moves of the clock, aborts.

use crate::base::bound::Bounded;
use crate::base::clock::{Clock, Timestamp};
use crate::base::error::Fault;
use crate::source::{Next, Partitions, Reader, Source, SourceCx};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A line of a [`TestSource`]'s script. Each one is a batch of its own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Entry<T> {
    /// Hands these items out at once.
    Items(Vec<T>),
    /// Moves the flow's clock, which must be a manual one, and lets what is due happen.
    Advance(Duration),
    /// Sets the flow's clock, which must be a manual one.
    SetClock(Timestamp),
    /// Fails here, as a process that crashes does: nothing of the open epoch is committed. The next execution goes past it.
    Abort,
    /// Ends the input of this execution; the next one goes on behind it.
    Eof,
    /// Waits until the flow is stopped.
    Hang,
}

/// A source that follows a script, a partition for each script.
///
/// With [`Config::lockstep`](crate::exec::Config::lockstep) the flow is done with one entry before the next is read.
#[derive(Debug, Clone)]
pub struct TestSource<T> {
    partitions: Vec<Vec<Entry<T>>>,
    /// The aborts that have been, as partition and entry; clones share them.
    aborted: Arc<Mutex<BTreeSet<(usize, u64)>>>,
}

impl<T: Clone> TestSource<T> {
    /// One partition that hands out items, one a batch.
    pub fn items(items: impl IntoIterator<Item = T>) -> Self {
        Self::script(items.into_iter().map(|item| Entry::Items(vec![item])))
    }

    /// One partition that follows a script.
    pub fn script(entries: impl IntoIterator<Item = Entry<T>>) -> Self {
        TestSource { partitions: vec![entries.into_iter().collect()], aborted: Arc::default() }
    }

    /// Another partition, with a script of its own.
    #[must_use]
    pub fn and(mut self, entries: impl IntoIterator<Item = Entry<T>>) -> Self {
        self.partitions.push(entries.into_iter().collect());
        self
    }
}

impl<T: Clone + 'static> Source for TestSource<T> {
    type Item = T;
    type Bound = Bounded;
    type Reader = TestReader<T>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::Shared((0..self.partitions.len()).map(|at| at.to_string()).collect()))
    }

    fn open(&self, partition: &str, position: Option<u64>, cx: &SourceCx) -> Result<TestReader<T>, Fault> {
        let number = partition.parse::<usize>().ok();
        let script = number.and_then(|number| Some((number, self.partitions.get(number)?)));
        let (number, script) = script.ok_or_else(|| Fault::new("there is no such script").partition(partition))?;
        let read = position.unwrap_or(0);
        let skip = usize::try_from(read).unwrap_or(usize::MAX);
        let entries = script.iter().skip(skip).cloned().collect();
        let (clock, aborted) = (cx.clock.clone(), Arc::clone(&self.aborted));
        Ok(TestReader { number, entries, clock, read, aborted })
    }
}

/// Reads a script.
pub struct TestReader<T> {
    number: usize,
    entries: VecDeque<Entry<T>>,
    clock: Clock,
    read: u64,
    aborted: Arc<Mutex<BTreeSet<(usize, u64)>>>,
}

impl<T> Reader for TestReader<T> {
    type Item = T;
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(T)) -> Result<Next, Fault> {
        let Some(entry) = self.entries.pop_front() else { return Ok(Next::End) };
        self.read += 1;
        match entry {
            Entry::Items(items) => items.into_iter().for_each(emit),
            Entry::Advance(by) => self.clock.advance(by),
            Entry::SetClock(to) => self.clock.set(to),
            Entry::Eof => return Ok(Next::End),
            Entry::Abort => {
                let mut aborted = self.aborted.lock().unwrap_or_else(PoisonError::into_inner);
                if !aborted.insert((self.number, self.read)) {
                    return Ok(Next::More);
                }
                return Err(Fault::new("the script says to abort").position(format!("entry {}", self.read - 1)));
            }
            Entry::Hang => {
                self.entries.push_front(Entry::Hang);
                self.read -= 1;
                return Ok(Next::Wake);
            }
        }
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.read
    }
}
