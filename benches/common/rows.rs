//! A place for rows, which takes as little time as there is.

use flowstone::error::Fault;
use flowstone::sink::{Sink, SinkCx, Writer};
use std::sync::{Arc, Mutex};

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

impl<R: Send + 'static> Sink<R> for Rows<R> {
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
