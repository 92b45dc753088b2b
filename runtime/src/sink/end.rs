//! The writer of one output on one worker: what it has prepared, and when that is committed.

use super::{Guarantee, Writer};
use crate::base::error::{Error, Fault};
use crate::base::time::EpochEnd;
use crate::snapshot::{Output, Participant, Snapshots};
use crate::stream::named;
use crate::worker::WorkerCx;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::rc::Rc;

/// The end of a chain on one worker. Its operator writes and prepares; without recovery it commits too, else the worker does,
/// when the snapshot is committed, which may be after the operator has ended.
pub(super) struct End<T, W: Writer<T>> {
    id: &'static str,
    guarantee: Guarantee,
    worker: Rc<WorkerCx>,
    to: Option<(Rc<Snapshots>, Participant)>,
    inside: RefCell<Inside<W, W::Prepared>>,
    item: PhantomData<fn(T)>,
}

struct Inside<W, P> {
    /// Absent once it has failed or closed.
    writer: Option<W>,
    /// What is not committed yet, by epoch.
    prepared: VecDeque<(u64, P)>,
    ended: bool,
}

impl<T: 'static, W: Writer<T> + 'static> End<T, W> {
    pub(super) fn new(id: &'static str, guarantee: Guarantee, worker: Rc<WorkerCx>) -> Self {
        let to = worker.snapshots.clone().map(|snapshots| {
            let participant = snapshots.join();
            (snapshots, participant)
        });
        let inside = Inside { writer: None, prepared: VecDeque::new(), ended: false };
        End { id, guarantee, worker, to, inside: RefCell::new(inside), item: PhantomData }
    }

    /// Opens the writer, which first commits what the execution before has left prepared, unless another execution has taken
    /// over by now.
    pub(super) fn open(self: &Rc<Self>, open: impl FnOnce() -> Result<W, Fault>) {
        if self.worker.survey.is_some() {
            return;
        }
        match open() {
            Ok(writer) => self.inside.borrow_mut().writer = Some(writer),
            Err(fault) => self.fail(fault),
        }
        let Some((snapshots, _)) = &self.to else { return };
        if let Err(error) = snapshots.still_ours() {
            self.inside.borrow_mut().writer = None;
            return self.worker.fail(Error::Recovery(error));
        }
        snapshots.add_output(Rc::clone(self) as Rc<dyn Output>);
        if snapshots.resumes() {
            let left = snapshots.left_prepared(self.id);
            self.attempt(|writer| {
                for prepared in left {
                    writer.commit(rmp_serde::from_slice(&prepared).map_err(undecodable)?)?;
                }
                writer.recover()
            });
        }
    }

    pub(super) fn write(&self, items: &mut Vec<T>) {
        self.attempt(|writer| writer.write_batch(items));
    }

    /// All of an epoch has come; `wrote` says whether that was anything.
    pub(super) fn end_epoch(&self, end: EpochEnd, wrote: bool) {
        let epoch = end.epoch;
        let prepared = if wrote { self.attempt(|writer| writer.prepare(epoch)) } else { None };
        match &self.to {
            None => {
                if let Some(prepared) = prepared {
                    self.attempt(|writer| writer.commit(prepared));
                }
                if end.is_last() {
                    self.close();
                }
            }
            Some((snapshots, participant)) => {
                if let Some(prepared) = prepared {
                    self.hand_over(snapshots, epoch, prepared);
                }
                self.inside.borrow_mut().ended = end.is_last();
                snapshots.passed(*participant, end, self.worker.moment().idle);
            }
        }
    }

    fn hand_over(&self, snapshots: &Snapshots, epoch: u64, prepared: W::Prepared) {
        match rmp_serde::to_vec_named(&prepared) {
            Ok(bytes) => {
                snapshots.prepared(epoch, self.id, &bytes, self.guarantee);
                self.inside.borrow_mut().prepared.push_back((epoch, prepared));
            }
            Err(error) => self.fail(Fault::new("what the sink prepared cannot be encoded").cause(error)),
        }
    }

    fn close(&self) {
        self.attempt(|writer| writer.close());
        let writer = self.inside.borrow_mut().writer.take();
        if let Some(summary) = writer.and_then(|writer| writer.summary()) {
            self.worker.summarize(self.id, summary);
        }
    }

    /// Lets the writer do something; if it fails, the flow stops.
    fn attempt<R>(&self, work: impl FnOnce(&mut W) -> Result<R, Fault>) -> Option<R> {
        let result = {
            let mut inside = self.inside.borrow_mut();
            let writer = inside.writer.as_mut()?;
            let result = named(self.id, || work(writer));
            if result.is_err() {
                inside.writer = None;
            }
            result
        };
        result.map_err(|fault| self.fail(fault)).ok()
    }

    fn fail(&self, fault: Fault) {
        self.worker.fail(Error::Sink { step: self.id.into(), worker: self.worker.index, fault });
    }
}

impl<T: 'static, W: Writer<T> + 'static> Output for End<T, W> {
    fn committed(&self, epoch: u64) {
        loop {
            let next = {
                let mut inside = self.inside.borrow_mut();
                let due = inside.prepared.front().is_some_and(|(prepared, _)| *prepared <= epoch);
                if due { inside.prepared.pop_front() } else { None }
            };
            let Some((_, prepared)) = next else { break };
            self.attempt(|writer| writer.commit(prepared));
        }
        if epoch == u64::MAX && self.inside.borrow().ended {
            self.close();
        }
    }
}

fn undecodable(error: rmp_serde::decode::Error) -> Fault {
    Fault::new("what the sink had prepared, in the snapshot, cannot be read by this build")
        .cause(error)
        .help("start the build that wrote the snapshot once more and let it end, then this one")
}
