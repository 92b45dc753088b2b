//! `polling(…)`: a function that is called every so often, as a source that never ends unless it says so.

use crate::bound::Unbounded;
use crate::clock::{Clock, Timestamp};
use crate::error::Fault;
use crate::source::{Next, Partitions, Reader, Source, SourceCx};
use std::cell::Cell;
use std::time::Duration;

/// What a polled function gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Poll<T> {
    /// These items; an empty list where there is nothing new.
    Items(Vec<T>),
    /// The source has ended.
    End,
}

impl<T> From<Vec<T>> for Poll<T> {
    fn from(items: Vec<T>) -> Self {
        Poll::Items(items)
    }
}

impl<T> From<Option<T>> for Poll<T> {
    /// One item, or none this time.
    fn from(item: Option<T>) -> Self {
        Poll::Items(item.into_iter().collect())
    }
}

/// Calls `f` every `interval`, first at the start, on worker 0. A zero interval calls it again and again.
///
/// `f` gives [`Poll`] or a [`Fault`]; a [transient](Fault::transient) one is tried again.
/// Calls that a busy worker missed are not made up for.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use std::time::Duration;
///
/// dataflow! {
///     flow ticks(out: TestSink<u64>) {
///         input("ticks", polling(1ms, {
///             let calls = AtomicU64::new(0);
///             move || Ok(match calls.fetch_add(1, Ordering::Relaxed) {
///                 3 => Poll::End,
///                 n => Poll::Items(vec![n]),
///             })
///         }))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// ticks(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [0, 1, 2]);
/// ```
pub fn polling<T, F>(interval: Duration, f: F) -> Polling<F>
where
    F: FnMut() -> Result<Poll<T>, Fault> + 'static,
{
    Polling { interval, f: Cell::new(Some(f)) }
}

/// The source that [`polling`] makes.
pub struct Polling<F> {
    interval: Duration,
    f: Cell<Option<F>>,
}

impl<T: 'static, F: FnMut() -> Result<Poll<T>, Fault> + 'static> Source for Polling<F> {
    type Item = T;
    type Bound = Unbounded;
    type Reader = PollingReader<F>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("poll"))
    }

    fn open(&self, _partition: &str, position: Option<u64>, cx: &SourceCx) -> Result<Self::Reader, Fault> {
        let f = self.f.take().ok_or_else(|| Fault::new("a polled function can be opened only once"))?;
        let reader = PollingReader {
            f,
            interval: self.interval,
            clock: cx.clock.clone(),
            due: cx.clock.now(),
            read: position.unwrap_or(0),
        };
        Ok(reader)
    }
}

/// Polls a function.
pub struct PollingReader<F> {
    f: F,
    interval: Duration,
    clock: Clock,
    due: Timestamp,
    read: u64,
}

impl<T, F: FnMut() -> Result<Poll<T>, Fault>> Reader for PollingReader<F> {
    type Item = T;
    /// The number of items so far: what is polled has no place of its own to go back to.
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(T)) -> Result<Next, Fault> {
        let now = self.clock.now();
        if now < self.due {
            return Ok(Next::At(self.due));
        }
        match (self.f)()? {
            Poll::Items(items) => {
                self.read += items.len() as u64;
                items.into_iter().for_each(emit);
            }
            Poll::End => return Ok(Next::End),
        }
        if self.interval.is_zero() {
            return Ok(Next::More);
        }
        let next = self.due.after(self.interval);
        self.due = if next > now { next } else { now.after(self.interval) };
        Ok(Next::At(self.due))
    }

    fn position(&self) -> u64 {
        self.read
    }
}
