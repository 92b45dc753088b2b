//! What the operators of one worker share: the clock, timers, flow control, and how a failure is reported.

mod aligned;
mod control;
mod counts;
mod guarantees;
mod idle;
mod idle_reports;
mod idling;
mod ids;
mod outputs;
mod perturbed;
mod rounds;
mod shared;
mod spans;
mod survey;
mod timers;

use crate::snapshot::{Coordinator, Order, Output, Participant, Snapshots};
use aligned::AlignedInputs;
pub(crate) use control::ControlMessage;
pub(crate) use counts::StepCounts;
pub(crate) use guarantees::{Guarantees, Promise, lines};
use idling::Idling;
pub(crate) use idling::SourceIdle;
use ids::Ids;
use outputs::Outputs;
pub(crate) use perturbed::Perturbed;
pub(crate) use shared::Shared;
pub(crate) use survey::{Found, Survey, infos};
pub(crate) use timers::{TimerId, Timers};

use crate::base::clock::{Clock, Moment, Timestamp};
use crate::base::error::Error;
use crate::base::guarantee::Fence;
use crate::base::progress::Progress;
use crate::base::time::{Time, epoch_of, start_of};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use timely::dataflow::ProbeHandle;
use timely::scheduling::Activator;

/// What the operators of one worker share.
pub(crate) struct WorkerCx {
    pub(crate) index: usize,
    pub(crate) peers: usize,
    /// The workers of this process.
    here: Range<usize>,
    idling: Idling,
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    pub(crate) guarantees: Guarantees,
    pub(crate) ids: Ids,
    /// Behind every end of the flow: what it has passed is done with everywhere.
    pub(crate) probe: ProbeHandle<Time>,
    /// In a flow without recovery: what it has passed every sink has committed.
    pub(crate) epochs: ProbeHandle<Time>,
    pub(crate) shared: Arc<Shared>,
    /// How long an epoch lasts; zero makes every batch of a source one.
    pub(crate) epoch_interval: Duration,
    /// Read one batch, wait until it is done with everywhere, read the next.
    pub(crate) lockstep: bool,
    /// Present where a test chooses how batches travel.
    pub(crate) perturbed: Option<Perturbed>,
    /// Where an epoch lasts no time, none goes on while the one before it is not committed.
    pub(crate) each_batch: bool,
    /// A number that differs from one execution to the next.
    pub(crate) execution: u64,
    /// What orders this execution among those of the flow.
    pub(crate) fence: Fence,
    started: Timestamp,
    pub(crate) first_epoch: u64,
    /// No source stays behind this time: see `announce`.
    floor: Cell<Time>,
    sources: RefCell<Vec<Rc<SourceState>>>,
    announce: RefCell<Option<Box<dyn FnMut(ControlMessage)>>>,
    /// How many workers have said that they stop.
    stopping_workers: Cell<usize>,
    /// Absent in a flow without recovery.
    pub(crate) snapshots: Option<Rc<Snapshots>>,
    /// Where the flow is only looked at: nothing is opened then.
    pub(crate) survey: Option<Rc<Survey>>,
    /// On worker 0 of a flow with recovery.
    coordinator: RefCell<Option<Coordinator>>,
    summaries: RefCell<Vec<(&'static str, String)>>,
    outputs: Outputs,
    aligned: AlignedInputs,
}

/// What the worker knows of one of its sources.
pub(crate) struct SourceState {
    pub(crate) activator: Activator,
    /// The time of the source's capability.
    pub(crate) time: Cell<Time>,
    /// True while it waits for the probe to reach `awaits`.
    pub(crate) stalled: Cell<bool>,
    pub(crate) awaits: Cell<Time>,
    pub(crate) done: Cell<bool>,
    pub(crate) idle: SourceIdle,
    pub(crate) progress: Cell<Progress>,
}

/// How a worker is set up.
pub(crate) struct WorkerSetup {
    pub(crate) index: usize,
    pub(crate) peers: usize,
    /// The workers of this process.
    pub(crate) here: Range<usize>,
    pub(crate) clock: Clock,
    pub(crate) shared: Arc<Shared>,
    pub(crate) epoch_interval: Duration,
    pub(crate) lockstep: bool,
    pub(crate) perturbed: Option<Perturbed>,
    pub(crate) each_batch: bool,
    pub(crate) execution: u64,
    pub(crate) fence: Fence,
    pub(crate) started: Timestamp,
    /// The first epoch: 0, or the one after what the execution before has committed.
    pub(crate) first_epoch: u64,
    pub(crate) snapshots: Option<Rc<Snapshots>>,
    pub(crate) survey: Option<Rc<Survey>>,
}

impl WorkerCx {
    pub(crate) fn new(setup: WorkerSetup) -> WorkerCx {
        let coordinates = setup.snapshots.is_some() && setup.index == 0;
        WorkerCx {
            index: setup.index,
            peers: setup.peers,
            idling: Idling::new(setup.index, setup.peers, setup.here.len(), &setup.shared),
            here: setup.here,
            clock: setup.clock,
            timers: Timers::default(),
            guarantees: Guarantees::default(),
            ids: Ids::default(),
            probe: ProbeHandle::new(),
            epochs: ProbeHandle::new(),
            shared: setup.shared,
            epoch_interval: setup.epoch_interval,
            lockstep: setup.lockstep,
            perturbed: setup.perturbed,
            each_batch: setup.each_batch,
            execution: setup.execution,
            fence: setup.fence,
            started: setup.started,
            floor: Cell::new(start_of(setup.first_epoch)),
            first_epoch: setup.first_epoch,
            sources: RefCell::default(),
            announce: RefCell::default(),
            stopping_workers: Cell::new(0),
            snapshots: setup.snapshots,
            survey: setup.survey,
            coordinator: RefCell::new(coordinates.then(|| Coordinator::new(setup.peers, setup.first_epoch))),
            summaries: RefCell::default(),
            outputs: Outputs::default(),
            aligned: AlignedInputs::default(),
        }
    }

    /// Claims an id for a step that reads, writes or keeps state, and has the step take part in snapshots where there are any.
    /// If the id is claimed already, the flow does not run.
    pub(crate) fn participate(&self, id: &'static str) -> Option<(Rc<Snapshots>, Participant)> {
        self.ids.claim(id).unwrap_or_else(|error| self.fail(error));
        self.snapshots.as_ref().map(|snapshots| (Rc::clone(snapshots), snapshots.join()))
    }

    /// Ends the flow with an error; the first one counts.
    pub(crate) fn fail(&self, error: Error) {
        self.shared.fail(error);
    }

    pub(crate) fn stopping(&self) -> bool {
        self.shared.stopping()
    }

    /// True once every worker knows that the flow stops. Only then may a source end for it: a worker that did not know would
    /// take the end of what it reads for the end of the input.
    pub(crate) fn all_stopping(&self) -> bool {
        self.stopping_workers.get() == self.peers
    }

    /// Each worker says once that it stops.
    fn receive_stop(&self) {
        self.shared.stop();
        self.stopping_workers.set(self.stopping_workers.get() + 1);
        if self.all_stopping() {
            self.activate_sources();
        }
    }

    pub(crate) fn add_source(&self, activator: Activator) -> Rc<SourceState> {
        let source = Rc::new(SourceState {
            activator,
            time: Cell::new(0),
            stalled: Cell::new(false),
            awaits: Cell::new(0),
            done: Cell::new(false),
            idle: SourceIdle::new(self.shared.idle.add_source()),
            progress: Cell::default(),
        });
        self.sources.borrow_mut().push(Rc::clone(&source));
        source
    }

    /// Adds an input whose partitions are aligned; its number.
    pub(crate) fn add_aligned(&self) -> usize {
        self.aligned.add(self.peers)
    }

    /// Says how far this worker's slowest partition of an aligned input is, and returns how far that of the others is.
    pub(crate) fn align(&self, input: usize, stands: Option<Timestamp>) -> Option<Timestamp> {
        if self.peers > 1 && self.aligned.of(input, self.index) != stands {
            self.aligned.set(input, self.index, stands);
            let stands = stands.map(|stands| stands.0);
            self.broadcast(ControlMessage::Aligned { input, worker: self.index, stands });
        }
        self.aligned.others(input, self.index)
    }

    /// Now.
    pub(crate) fn moment(&self) -> Moment {
        let system = self.clock.now();
        Moment { system, idle: self.shared.idle.total(|| self.clock.steady()) }
    }

    /// The least time at which a source may stand now, and when the next epoch begins.
    ///
    /// Epochs go by the clock. All sources, idle ones too, follow the one that is furthest, or nothing would move.
    pub(crate) fn least_time(&self) -> (Time, Option<Timestamp>) {
        if self.epoch_interval.is_zero() {
            return (self.floor.get(), None);
        }
        let interval = crate::base::clock::micros(self.epoch_interval).max(1);
        let elapsed = self.clock.now().0.saturating_sub(self.started.0).max(0);
        let epoch = elapsed / interval;
        let next = Timestamp(self.started.0.saturating_add((epoch + 1).saturating_mul(interval)));
        let epoch = self.first_epoch + epoch.unsigned_abs();
        let epoch = self.snapshots.as_ref().map_or(epoch, |snapshots| snapshots.next_epoch(epoch));
        (self.floor.get().max(start_of(epoch)), Some(next))
    }

    /// Tells the sources of all workers to move on to `time` where they stand before it.
    pub(crate) fn announce(&self, time: Time) {
        if time > self.floor.get() {
            self.raise_floor(time);
            if let Some(announce) = self.announce.borrow_mut().as_mut() {
                announce(ControlMessage::Floor(time));
            }
        }
    }

    /// Tells all workers, this one too.
    pub(crate) fn broadcast(&self, message: ControlMessage) {
        let mut announce = self.announce.borrow_mut();
        match announce.as_mut() {
            Some(announce) => announce(message),
            None => {
                drop(announce);
                self.receive(message);
            }
        }
    }

    /// Does what news ask for.
    pub(crate) fn receive(&self, message: ControlMessage) {
        match message {
            ControlMessage::Floor(time) => self.raise_floor(time),
            ControlMessage::Stop => self.receive_stop(),
            ControlMessage::Aligned { input, worker, stands } => {
                self.aligned.set(input, worker, stands.map(Timestamp));
                self.activate_sources();
            }
            ControlMessage::Idle(message) => self.receive_idle(message),
            ControlMessage::Durable(durable) => {
                if let Some(coordinator) = self.coordinator.borrow_mut().as_mut() {
                    coordinator.durable(durable);
                }
            }
            ControlMessage::Committed(epoch) => {
                if let Some(snapshots) = &self.snapshots {
                    snapshots.commit(epoch);
                }
                self.outputs.commit(epoch);
                self.activate_sources();
            }
        }
    }

    /// Has a sink or a source notified of the epochs that are committed or, without recovery, done with everywhere.
    pub(crate) fn add_output(&self, output: Rc<dyn Output>) {
        self.outputs.add(output);
    }

    /// Lets go of sinks and sources when what is returned is dropped: they hold on to the worker themselves.
    pub(crate) fn hold_outputs(&self) -> impl Drop + '_ {
        struct Held<'a>(&'a Outputs);
        impl Drop for Held<'_> {
            fn drop(&mut self) {
                self.0.clear();
            }
        }
        Held(&self.outputs)
    }

    /// The last epoch that is committed or, without recovery, done with everywhere.
    pub(crate) fn committed(&self) -> Option<u64> {
        self.snapshots.as_ref().map_or_else(|| self.outputs.committed(), |snapshots| Some(snapshots.committed()))
    }

    /// True when nothing is left to commit, and every sink has closed.
    pub(crate) fn is_done(&self) -> bool {
        self.snapshots.as_ref().is_none_or(|snapshots| snapshots.done()) && self.outputs.are_closed()
    }

    /// Takes up what sinks have done; without recovery, notes which epochs are done with everywhere.
    pub(crate) fn follow_outputs(&self) {
        self.outputs.follow();
        if let Some(snapshots) = &self.snapshots {
            return snapshots.set_sunk(self.outputs.sunk());
        }
        let first = |probe: &ProbeHandle<Time>| probe.with_frontier(|frontier| frontier.first().copied());
        let next = first(&self.probe).into_iter().chain(first(&self.epochs)).min();
        let last = next.map_or(Some(u64::MAX), |next| epoch_of(next).checked_sub(1));
        if let Some(epoch) = last.filter(|_| last > self.outputs.committed()) {
            self.outputs.commit(epoch);
            self.activate_sources();
        }
    }

    /// Passes on what the background has done, and gives it what there is to do.
    pub(crate) fn follow_snapshots(&self) {
        let Some(snapshots) = &self.snapshots else { return };
        let (durable, committed) = snapshots.answers(self.index);
        for durable in durable {
            self.broadcast(ControlMessage::Durable(durable));
        }
        if let Some(epoch) = committed {
            self.with_coordinator(Coordinator::committed);
            self.broadcast(ControlMessage::Committed(epoch));
        }
        while let Some(order) = self.with_coordinator(Coordinator::next).flatten() {
            match order {
                Order::Background(job) => snapshots.give(job),
                Order::Nothing(epoch) => self.broadcast(ControlMessage::Committed(epoch)),
            }
        }
    }

    fn with_coordinator<R>(&self, work: impl FnOnce(&mut Coordinator) -> R) -> Option<R> {
        self.coordinator.borrow_mut().as_mut().map(work)
    }

    /// Moves this worker's sources on to `time`.
    pub(crate) fn raise_floor(&self, time: Time) {
        if time > self.floor.get() {
            self.floor.set(time);
            for source in self.sources.borrow().iter().filter(|source| !source.done.get() && source.time.get() < time) {
                source.activator.activate();
            }
        }
    }

    /// Says how an announcement reaches the other workers; `None` once this worker has nothing more to say.
    pub(crate) fn set_announcer(&self, announce: Option<Box<dyn FnMut(ControlMessage)>>) {
        *self.announce.borrow_mut() = announce;
    }

    /// Activates the sources that waited for the probe and need not any longer.
    pub(crate) fn release_stalled(&self) {
        for source in self.sources.borrow().iter() {
            if source.stalled.get() && !self.probe.less_than(&source.awaits.get()) {
                source.stalled.set(false);
                source.activator.activate();
            }
        }
    }

    /// Activates every source: all are to look at what has changed.
    pub(crate) fn activate_sources(&self) {
        for source in self.sources.borrow().iter() {
            source.activator.activate();
        }
    }

    pub(crate) fn summarize(&self, step: &'static str, text: String) {
        self.summaries.borrow_mut().push((step, text));
    }

    pub(crate) fn take_summaries(&self) -> Vec<(&'static str, String)> {
        self.summaries.take()
    }
}
