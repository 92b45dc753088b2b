//! What both sides read and write: events made beforehand, and a place for rows.

use super::made;
pub(crate) use super::made::{Auction, Bid, Event, Person};
use flowstone::error::Fault;
use flowstone::sink::{Sink, SinkCx, Writer};
use std::sync::{Arc, Mutex};

/// Events that are there already: making one up costs more than most queries do with it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Events {
    all: &'static [Event],
}

impl Events {
    /// They stay until the process ends.
    pub(crate) fn new(count: u64) -> Events {
        Events { all: made::Events { count, seed: 42, rate: 10_000 }.share(0, 1).collect::<Vec<_>>().leak() }
    }

    pub(crate) fn count(self) -> u64 {
        self.all.len() as u64
    }

    /// The events of one worker, in the order of time.
    pub(crate) fn share(self, worker: usize, workers: usize) -> impl Iterator<Item = Event> + 'static {
        (worker..self.all.len()).step_by(workers).map(move |n| self.all[n].clone())
    }
}

/// A sink that keeps rows. The one of `flowstone::testing` keeps copies too, of what was committed.
pub(crate) struct Rows<R> {
    kept: Arc<Mutex<Vec<R>>>,
}

impl<R> Clone for Rows<R> {
    fn clone(&self) -> Self {
        Rows { kept: Arc::clone(&self.kept) }
    }
}

impl<R> Rows<R> {
    pub(crate) fn new() -> Self {
        Rows { kept: Arc::default() }
    }

    pub(crate) fn keep(&self, rows: &mut Vec<R>) {
        self.kept.lock().unwrap().append(rows);
    }

    pub(crate) fn take(&self) -> Vec<R> {
        std::mem::take(&mut self.kept.lock().unwrap())
    }
}

impl<R: 'static> Sink<R> for Rows<R> {
    type Writer = Self;

    fn open(&self, _cx: &SinkCx) -> Result<Self, Fault> {
        Ok(self.clone())
    }
}

impl<R> Writer<R> for Rows<R> {
    type Prepared = ();

    fn write_batch(&mut self, rows: &mut Vec<R>) -> Result<(), Fault> {
        self.keep(rows);
        Ok(())
    }

    fn prepare(&mut self, _epoch: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }
}
