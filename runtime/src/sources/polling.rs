//! `polling(…)`: a function called at intervals, as a source that ends only when the function says so.

use crate::base::bound::Unbounded;
use crate::base::clock::{Clock, Timestamp};
use crate::base::data::Data;
use crate::base::error::Fault;
use crate::source::{Next, Partitions, Reader, Source, SourceCx};
use std::cell::Cell;
use std::time::Duration;

/// What a polled function returns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Poll<T> {
    /// These items; an empty list if there is nothing new.
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

/// Calls `f` every `interval`, first at the start, on worker 0. With a zero interval it is called continuously.
///
/// `f` returns [`Poll`] or a [`Fault`]; a [transient](Fault::transient) one is retried.
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
///
/// What was polled cannot be polled again: with recovery, items since the last commit are lost when an execution is
/// killed. [`polling_from`] keeps its own state to resume from.
pub fn polling<T, F>(interval: Duration, mut f: F) -> Polling<(), impl FnMut(&mut ()) -> Result<Poll<T>, Fault>, false>
where
    F: FnMut() -> Result<Poll<T>, Fault> + 'static,
{
    Polling { interval, parts: Cell::new(Some(((), move |(): &mut ()| f()))) }
}

/// Like [`polling`], with a state that is its position: an offset, the time of the newest row, a page token. `f` receives the
/// state as it left it, at first `start`; with recovery it is part of the snapshot, and the next execution resumes from it.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::sources::polling_from;
/// use flowstone::testing::TestSink;
///
/// dataflow! {
///     flow pages(out: TestSink<u64>) {
///         input("pages", polling_from(1ms, 0, |page: &mut u64| {
///             if *page == 3 {
///                 return Ok(Poll::End);
///             }
///             *page += 1;
///             Ok(Poll::Items(vec![*page * 10]))
///         }))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// pages(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take(), [10, 20, 30]);
/// ```
pub fn polling_from<S, T, F>(interval: Duration, start: S, f: F) -> Polling<S, F, true>
where
    S: Data + Clone,
    F: FnMut(&mut S) -> Result<Poll<T>, Fault> + 'static,
{
    Polling { interval, parts: Cell::new(Some((start, f))) }
}

/// The source that [`polling`] and [`polling_from`] make.
pub struct Polling<S, F, const REPLAYS: bool> {
    interval: Duration,
    parts: Cell<Option<(S, F)>>,
}

impl<S, T, F, const REPLAYS: bool> Source for Polling<S, F, REPLAYS>
where
    S: Data + Clone,
    T: 'static,
    F: FnMut(&mut S) -> Result<Poll<T>, Fault> + 'static,
{
    type Item = T;
    type Bound = Unbounded;
    type Reader = PollingReader<S, F>;
    const REPLAYS: bool = REPLAYS;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("poll"))
    }

    fn open(&self, _partition: &str, position: Option<S>, cx: &SourceCx) -> Result<Self::Reader, Fault> {
        let parts = self.parts.take();
        let (start, f) = parts.ok_or_else(|| Fault::new("a polled function can be opened only once"))?;
        let state = position.unwrap_or(start);
        Ok(PollingReader { state, f, interval: self.interval, clock: cx.clock.clone(), due: cx.clock.now() })
    }
}

/// Polls a function.
pub struct PollingReader<S, F> {
    state: S,
    f: F,
    interval: Duration,
    clock: Clock,
    due: Timestamp,
}

impl<S: Data + Clone, T, F: FnMut(&mut S) -> Result<Poll<T>, Fault>> Reader for PollingReader<S, F> {
    type Item = T;
    type Position = S;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(T)) -> Result<Next, Fault> {
        let now = self.clock.now();
        if now < self.due {
            return Ok(Next::At(self.due));
        }
        match (self.f)(&mut self.state)? {
            Poll::Items(items) => items.into_iter().for_each(emit),
            Poll::End => return Ok(Next::End),
        }
        if self.interval.is_zero() {
            return Ok(Next::More);
        }
        let next = self.due.after(self.interval);
        self.due = if next > now { next } else { now.after(self.interval) };
        Ok(Next::At(self.due))
    }

    fn position(&self) -> S {
        self.state.clone()
    }
}
