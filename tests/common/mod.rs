//! What several test programs need.

use flowstone::bound::Bounded;
use flowstone::error::Fault;
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx, Waker};
use std::sync::{Arc, Mutex};

/// A source that the test feeds while the flow runs: it sleeps until then. Clones feed the same flow.
#[derive(Debug)]
pub(crate) struct Remote<T>(Arc<Mutex<Wire<T>>>);

#[derive(Debug)]
struct Wire<T> {
    items: Vec<T>,
    ended: bool,
    waker: Option<Waker>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        Remote(Arc::clone(&self.0))
    }
}

impl<T> Remote<T> {
    pub(crate) fn new() -> Self {
        Remote(Arc::new(Mutex::new(Wire { items: Vec::new(), ended: false, waker: None })))
    }

    pub(crate) fn send(&self, item: T) {
        self.change(|wire| wire.items.push(item));
    }

    pub(crate) fn end(&self) {
        self.change(|wire| wire.ended = true);
    }

    fn change(&self, change: impl FnOnce(&mut Wire<T>)) {
        let mut wire = self.0.lock().unwrap();
        change(&mut wire);
        if let Some(waker) = &wire.waker {
            waker.wake();
        }
    }
}

impl<T: 'static> Source for Remote<T> {
    type Item = T;
    type Bound = Bounded;
    type Reader = Remote<T>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("remote"))
    }

    fn open(&self, _partition: &str, _position: Option<u64>, cx: &SourceCx) -> Result<Remote<T>, Fault> {
        self.0.lock().unwrap().waker = Some(cx.waker.clone());
        Ok(self.clone())
    }
}

impl<T> Reader for Remote<T> {
    type Item = T;
    type Position = u64;

    fn next_batch(&mut self, _budget: usize, emit: &mut impl FnMut(T)) -> Result<Next, Fault> {
        let mut wire = self.0.lock().unwrap();
        wire.items.drain(..).for_each(emit);
        Ok(if wire.ended { Next::End } else { Next::Wake })
    }

    fn position(&self) -> u64 {
        0
    }
}

/// How many cases a property test tries: so many, or with `FLOWSTONE_CASES=10` ten times as many.
#[allow(dead_code, reason = "not all test programs have properties")]
pub(crate) fn cases(usual: u32) -> u32 {
    let times = std::env::var("FLOWSTONE_CASES").ok().and_then(|times| times.parse().ok());
    usual * times.unwrap_or(1)
}
