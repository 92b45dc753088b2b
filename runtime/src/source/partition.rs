//! The partitions of a source on the worker that reads them.

use super::align::{Held, Progressing};
use super::positions::{Positions, Uncommitted, encoded};
use super::{Partitions, Reader, Source, SourceCx};
use crate::base::clock::Timestamp;
use crate::base::error::Fault;
use crate::snapshot::Output;
use crate::stream::{self, OpState, Origin, named};
use crate::worker::WorkerCx;
use std::cell::RefCell;

/// A partition that is being read.
pub(super) struct Open<R: Reader> {
    /// Its place among those of this worker.
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) reader: R,
    pub(super) ready: Ready,
    /// When it was last polled, where it reported that it has nothing to read. `None` where it gave something, has more that it
    /// cannot give yet, or failed.
    pub(super) nothing: Option<i64>,
    /// How often in a row it has failed with a fault that can pass.
    pub(super) failures: u32,
    /// True where its position may have changed since the end of an epoch.
    pub(super) moved: bool,
    pub(super) uncommitted: Uncommitted<R::Position>,
    /// How far it is by event time, where the input is aligned.
    pub(super) progressing: Progressing<R::Item, R::Position>,
}

impl<R: Reader> Open<R> {
    /// `skip` items come first that have been passed on before.
    pub(super) fn new(number: usize, name: String, reader: R, skip: u64) -> Self {
        let (ready, uncommitted, progressing) = (Ready::Now, Uncommitted::new(), Progressing::new(skip));
        Open { number, name, reader, ready, nothing: None, failures: 0, moved: true, uncommitted, progressing }
    }

    /// Where it stands, encoded.
    pub(super) fn position(&self) -> Result<Vec<u8>, Fault> {
        if let Some(held) = self.progressing.position() {
            return encoded(&self.name, &held);
        }
        let position = self.reader.position();
        match self.progressing.skip {
            0 => encoded(&self.name, &position),
            skip => encoded(&self.name, &Held { held_at: position, passed_on: skip }),
        }
    }

    /// Notifies the reader that the epochs up to `epoch` are committed.
    pub(super) fn commit(&mut self, id: &'static str, epoch: u64) {
        if let Some(position) = self.uncommitted.commit(epoch) {
            named(id, || self.reader.committed(position));
        }
    }
}

/// Partitions that have been read and whose readers are to be notified of their last positions. They outlive the operator,
/// which ends before the last commit.
pub(super) struct Ended<R: Reader> {
    pub(super) id: &'static str,
    pub(super) readers: RefCell<Vec<Open<R>>>,
}

impl<R: Reader> Output for Ended<R> {
    fn committed(&self, epoch: u64) {
        self.readers.borrow_mut().retain_mut(|open| {
            open.commit(self.id, epoch);
            !open.uncommitted.is_empty()
        });
    }
}

/// When a partition is to be polled.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ready {
    Now,
    At(Timestamp),
    OnWake,
}

/// Opens the partitions that are this worker's; none where the flow is only looked at.
pub(super) fn open_partitions<S: Source>(
    source: &S,
    cx: &SourceCx,
    positions: &mut Positions,
    worker: &WorkerCx,
    state: &OpState,
    aligned: bool,
) -> Result<Vec<Open<S::Reader>>, Fault> {
    if worker.survey.is_some() {
        return Ok(Vec::new());
    }
    let (workers, mine) = match source.partitions()? {
        Partitions::EveryWorker => (cx.workers, positions.of_every_worker(cx)),
        Partitions::Shared(all) => {
            let workers = all.len().min(cx.workers);
            let mine = |at: &usize| at % cx.workers == cx.worker;
            (workers, all.into_iter().enumerate().filter(|(at, _)| mine(at)).map(|(_, name)| name).collect())
        }
    };
    state.set_origin(Origin::Partitions(stream::Partitions { here: mine.len(), workers }));
    let open = |(number, name): (usize, String)| {
        let (position, skip) = positions.resume(&name)?;
        if skip > 0 && !aligned {
            return Err(Fault::new(
                "the snapshot holds a position in the middle of what an aligned input read at once",
            )
            .partition(name)
            .help(
                "keep `align` for one more execution that reads to its end, or start the input anew with --drop-state",
            ));
        }
        let reader = source.open(&name, position, cx).map_err(|fault| fault.in_partition(&name))?;
        Ok(Open::new(number, name, reader, skip))
    };
    mine.into_iter().enumerate().map(open).collect()
}
