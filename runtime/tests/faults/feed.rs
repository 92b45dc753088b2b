//! A log that grows under the reader's eyes: a test says when, and sees how much was handed out.

use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx, Waker};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// One reader's view of a log of numbers `0..`: each number is a batch.
#[derive(Clone, Default)]
pub(crate) struct Feed(Arc<(Mutex<State>, Condvar)>);

#[derive(Default)]
struct State {
    visible: u64,
    ended: bool,
    handed_out: u64,
    waker: Option<Waker>,
}

impl Feed {
    pub(crate) fn of(visible: u64) -> Feed {
        let feed = Feed::default();
        feed.show(visible);
        feed
    }

    pub(crate) fn that_ends(visible: u64) -> Feed {
        let feed = Feed::of(visible);
        feed.end();
        feed
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let waker = {
            let mut state = self.state();
            change(&mut state);
            state.waker.clone()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Lets the reader see the numbers below `visible`.
    pub(crate) fn show(&self, visible: u64) {
        self.change(|state| state.visible = visible);
    }

    /// The log ends behind what is to be seen.
    pub(crate) fn end(&self) {
        self.change(|state| state.ended = true);
    }

    /// How many numbers the reader has handed out.
    pub(crate) fn handed_out(&self) -> u64 {
        self.state().handed_out
    }

    /// Waits until that many are handed out.
    pub(crate) fn wait_for(&self, handed_out: u64) {
        let wait = self.0.1.wait_timeout_while(self.state(), TOO_LONG, |state| state.handed_out < handed_out);
        let (state, timeout) = wait.unwrap();
        assert!(!timeout.timed_out(), "{} of {handed_out} handed out", state.handed_out);
    }
}

/// After this a test has failed.
pub(crate) const TOO_LONG: Duration = Duration::from_secs(30);

impl Source for Feed {
    type Item = u64;
    type Bound = Unbounded;
    type Reader = FeedReader;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("log"))
    }

    fn open(&self, _: &str, position: Option<u64>, cx: &SourceCx) -> Result<FeedReader, Fault> {
        self.state().waker = Some(cx.waker.clone());
        Ok(FeedReader { feed: self.clone(), at: position.unwrap_or(0) })
    }
}

pub(crate) struct FeedReader {
    feed: Feed,
    at: u64,
}

impl Reader for FeedReader {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        let mut state = self.feed.state();
        if self.at < state.visible {
            emit(self.at);
            self.at += 1;
            state.handed_out += 1;
            self.feed.0.1.notify_all();
            return Ok(Next::More);
        }
        Ok(if state.ended { Next::End } else { Next::Wake })
    }

    fn position(&self) -> u64 {
        self.at
    }
}
