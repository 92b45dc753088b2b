//! Alignment by event time: partitions that are ahead of the slowest wait for it.
//!
//! The idea is Flink's watermark alignment. What counts is how far a partition is with what the whole flow has processed, so that
//! an item which is under way between workers is not overtaken by more than the difference that is allowed.

use super::Next;
use crate::base::clock::Timestamp;
use crate::base::time::Time;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// How the partitions of an input are aligned.
pub(crate) trait Alignment<T>: 'static {
    /// False where they are not: then nothing of it is compiled.
    const ON: bool;

    /// The event time of an item, where it has one.
    fn time(&self, item: &T) -> Option<Timestamp>;

    /// By how much a partition may be ahead of the slowest.
    fn within(&self) -> Duration;
}

/// Every partition is read as fast as it can be.
pub(crate) struct Unaligned;

impl<T> Alignment<T> for Unaligned {
    const ON: bool = false;

    fn time(&self, _item: &T) -> Option<Timestamp> {
        None
    }

    fn within(&self) -> Duration {
        Duration::MAX
    }
}

/// A partition waits where it is ahead of the slowest by more than `within`.
pub(crate) struct AlignedBy<F> {
    within: Duration,
    at: F,
}

impl<F> AlignedBy<F> {
    pub(crate) fn new(within: Duration, at: F) -> Self {
        AlignedBy { within, at }
    }
}

impl<T: 'static, F: Fn(&T) -> Option<Timestamp> + 'static> Alignment<T> for AlignedBy<F> {
    const ON: bool = true;

    fn time(&self, item: &T) -> Option<Timestamp> {
        (self.at)(item)
    }

    fn within(&self) -> Duration {
        self.within
    }
}

/// The position of a partition in the middle of what it read at once.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held<P> {
    /// Where the read began.
    pub(super) held_at: P,
    /// How many of its items have been passed on.
    pub(super) passed_on: u64,
}

/// What is read at once of an aligned partition is at most so many items: what cannot be passed on yet is kept.
pub(super) const MOST_HELD: usize = 1024;

/// How far one partition is, and what of it waits.
pub(super) struct Progressing<T, P> {
    /// Items that are too far ahead, in the order in which they were read.
    held: VecDeque<(Option<Timestamp>, T)>,
    /// Where the read began that they are of.
    held_at: Option<P>,
    passed_on: u64,
    /// How many items are to be left out, since they were passed on before a restart.
    pub(super) skip: u64,
    /// The newest time that has been passed on.
    newest: Option<Timestamp>,
    /// The same, at the ends of ticks that the flow has not processed.
    under_way: VecDeque<(Time, Timestamp)>,
    processed: Option<Timestamp>,
    /// True where nothing of it holds others back: it has nothing, or its turn has not come.
    absent: bool,
    /// True where it ends with what is held.
    pub(super) ends: bool,
}

impl<T, P> Progressing<T, P> {
    pub(super) fn new(skip: u64) -> Self {
        Progressing {
            held: VecDeque::new(),
            held_at: None,
            passed_on: 0,
            skip,
            newest: None,
            under_way: VecDeque::new(),
            processed: None,
            absent: false,
            ends: false,
        }
    }

    pub(super) fn is_holding(&self) -> bool {
        !self.held.is_empty()
    }

    /// A read begins at `position`.
    pub(super) fn begin(&mut self, position: P) {
        self.held_at = Some(position);
        self.passed_on = 0;
    }

    /// Takes an item that has been read: gives it back where it can be passed on.
    pub(super) fn take(&mut self, item: T, time: Option<Timestamp>, limit: Timestamp) -> Option<T> {
        if self.skip > 0 {
            self.skip -= 1;
            self.passed_on += 1;
            return None;
        }
        if self.is_holding() || time.is_some_and(|time| time > limit) {
            self.held.push_back((time, item));
            return None;
        }
        self.pass(time);
        Some(item)
    }

    /// The next item that was held and can be passed on.
    pub(super) fn release(&mut self, limit: Timestamp) -> Option<T> {
        let (time, _) = self.held.front()?;
        if time.is_some_and(|time| time > limit) {
            return None;
        }
        let (time, item) = self.held.pop_front()?;
        self.pass(time);
        Some(item)
    }

    /// What a poll came to: a partition that has nothing, or whose turn has not come, holds nobody back.
    pub(super) fn follow_poll(&mut self, gave: bool, next: Next) {
        self.absent = !gave
            && match next {
                Next::At(_) | Next::Wake => true,
                Next::Pending => self.newest.is_none(),
                Next::More | Next::End => false,
            };
    }

    fn pass(&mut self, time: Option<Timestamp>) {
        self.passed_on += 1;
        self.newest = self.newest.max(time);
    }

    /// Where to go on, in the middle of a read.
    pub(super) fn position(&self) -> Option<Held<&P>> {
        let held_at = self.held_at.as_ref().filter(|_| self.is_holding())?;
        Some(Held { held_at, passed_on: self.passed_on })
    }

    /// A tick has ended.
    pub(super) fn end_tick(&mut self, tick: Time) {
        if let Some(newest) = self.newest.filter(|_| self.newest > self.under_way.back().map(|(_, time)| *time)) {
            self.under_way.push_back((tick, newest));
        }
    }

    /// Notes what the flow has processed: every tick of which `is_done` says so.
    pub(super) fn follow(&mut self, is_done: impl Fn(Time) -> bool) {
        while let Some((_, time)) = self.under_way.front().filter(|(tick, _)| is_done(*tick)) {
            self.processed = self.processed.max(Some(*time));
            self.under_way.pop_front();
        }
    }

    /// The first tick that is under way.
    pub(super) fn awaits(&self) -> Option<Time> {
        self.under_way.front().map(|(tick, _)| *tick)
    }

    /// How far it is; `None` where it holds nobody back.
    pub(super) fn stands(&self) -> Option<Timestamp> {
        match self.held.front() {
            // Nothing before it is under way, or to come.
            Some((Some(next), _)) if self.under_way.is_empty() => Some(*next),
            _ if self.absent && self.under_way.is_empty() => None,
            _ => Some(self.processed.unwrap_or(Timestamp::MIN)),
        }
    }
}
