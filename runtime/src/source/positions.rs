//! The positions of one input's partitions, as reported to snapshots.

use super::SourceCx;
use super::align::Held;
use crate::base::error::Fault;
use crate::base::time::EpochEnd;
use crate::snapshot::{Participant, Snapshots};
use crate::worker::WorkerCx;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// What the snapshots know of one input on one worker. It does nothing in a flow without recovery.
pub(super) struct Positions {
    id: &'static str,
    worker: Rc<WorkerCx>,
    to: Option<(Rc<Snapshots>, Participant)>,
    /// The position of each partition as it was told last.
    reported: BTreeMap<String, Vec<u8>>,
    /// Of partitions that have been read since the last epoch's end.
    ended: Vec<(String, Vec<u8>)>,
}

impl Positions {
    pub(super) fn new(id: &'static str, worker: &Rc<WorkerCx>) -> Positions {
        let to = worker.participate(id);
        let reported = to.as_ref().map(|(snapshots, _)| snapshots.positions(id).into_iter().collect());
        Positions { id, worker: Rc::clone(worker), to, reported: reported.unwrap_or_default(), ended: Vec::new() }
    }

    /// The partitions of a source that has one on every worker: this worker's own, and those that earlier executions left on
    /// workers which there are no more.
    pub(super) fn of_every_worker(&self, cx: &SourceCx) -> Vec<String> {
        let left = self.reported.keys().filter(|name| {
            name.parse::<usize>().is_ok_and(|worker| worker >= cx.workers && worker % cx.workers == cx.worker)
        });
        [cx.worker.to_string()].into_iter().chain(left.cloned()).collect()
    }

    /// Where to go on with a partition, and how many items that come then have been passed on before.
    pub(super) fn resume<P: DeserializeOwned>(&self, partition: &str) -> Result<(Option<P>, u64), Fault> {
        let Some(bytes) = self.reported.get(partition) else { return Ok((None, 0)) };
        if let Ok(Held { held_at, passed_on }) = rmp_serde::from_slice(bytes) {
            return Ok((Some(held_at), passed_on));
        }
        rmp_serde::from_slice(bytes).map(|position| (Some(position), 0)).map_err(|error| {
            Fault::new("the position in the snapshot cannot be read by this build")
                .partition(partition)
                .cause(error)
                .help(format!("start the input from its beginning: `--drop-state {}`", self.id))
        })
    }

    /// A partition has been read; what comes to it later is read by the next execution.
    pub(super) fn ended<P: Serialize>(&mut self, partition: &str, position: &P) -> Result<(), Fault> {
        if self.is_on() {
            self.ended.push((partition.to_owned(), encoded(partition, position)?));
        }
        Ok(())
    }

    /// True in a flow with recovery.
    pub(super) fn is_on(&self) -> bool {
        self.to.is_some()
    }

    /// All of an epoch has been read; `standing` says where the partitions stand that have not ended and have
    /// been polled.
    pub(super) fn end_epoch(&mut self, end: EpochEnd, standing: Vec<(String, Vec<u8>)>) {
        let Some((snapshots, participant)) = &self.to else { return };
        let mut all = std::mem::take(&mut self.ended);
        all.extend(standing);
        for (partition, position) in all {
            if self.reported.get(&partition) != Some(&position) {
                snapshots.position(end.epoch, self.id, &partition, &position);
                self.reported.insert(partition, position);
            }
        }
        snapshots.passed(*participant, end, self.worker.moment().idle);
    }

    /// True where every batch is an epoch and too much waits for its commit: this epoch is `full`, or it is not to go on. The
    /// worker activates the source at the next commit.
    pub(super) fn must_wait(&self, epoch: u64, full: bool, worker: &WorkerCx) -> bool {
        let most = match (worker.lockstep, worker.each_batch) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) if full => 0,
            (false, false) => return false,
        };
        worker.epoch_interval.is_zero() && self.uncommitted(epoch, worker) > most
    }

    /// False where the epoch had better go on: the one before it is not committed, or it has next to nothing in it.
    pub(super) fn may_end(&self, epoch: u64, worth_it: bool, worker: &WorkerCx) -> bool {
        let each_batch = self.to.is_none() || worker.lockstep || worker.each_batch;
        each_batch || (worth_it && self.uncommitted(epoch, worker) == 0)
    }

    /// How many epochs before this one are not committed.
    fn uncommitted(&self, epoch: u64, worker: &WorkerCx) -> u64 {
        let to = self.to.as_ref().filter(|_| epoch >= worker.first_epoch);
        to.map_or(0, |(snapshots, _)| snapshots.uncommitted(epoch))
    }
}

pub(super) fn encoded<P: Serialize>(partition: &str, position: &P) -> Result<Vec<u8>, Fault> {
    rmp_serde::to_vec_named(position)
        .map_err(|error| Fault::new("the position cannot be encoded").partition(partition).cause(error))
}

/// Where one partition stood at the ends of epochs that are not committed, oldest first.
pub(super) struct Uncommitted<P>(VecDeque<(u64, P)>);

impl<P> Uncommitted<P> {
    pub(super) fn new() -> Self {
        Uncommitted(VecDeque::new())
    }

    /// It stood there at the end of `epoch`, or ended there in it.
    pub(super) fn stands(&mut self, epoch: u64, position: P) {
        self.0.push_back((epoch, position));
    }

    /// The newest position that the epochs up to `epoch` contain, where that is news.
    pub(super) fn commit(&mut self, epoch: u64) -> Option<P> {
        let committed = self.0.partition_point(|(of, _)| *of <= epoch);
        self.0.drain(..committed).next_back().map(|(_, position)| position)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
