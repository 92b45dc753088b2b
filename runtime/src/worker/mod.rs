//! What the operators of one worker share: the clock, timers, flow control, and how a failure is told.

mod quiet;
mod shared;
mod timers;

pub(crate) use shared::Shared;
pub(crate) use timers::{TimerId, Timers};

use crate::clock::{Clock, Moment, Timestamp};
use crate::error::Error;
use crate::source::Progress;
use crate::time::{Time, start_of};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use timely::dataflow::ProbeHandle;
use timely::scheduling::Activator;

/// What the operators of one worker share.
pub(crate) struct WorkerCx {
    pub(crate) index: usize,
    pub(crate) peers: usize,
    pub(crate) clock: Clock,
    pub(crate) timers: Timers,
    /// Behind every end of the flow: what it has passed is done with everywhere.
    pub(crate) probe: ProbeHandle<Time>,
    pub(crate) shared: Arc<Shared>,
    /// How long an epoch lasts; zero makes every batch of a source one.
    pub(crate) epoch_interval: Duration,
    /// Read one batch, wait until it is done with everywhere, read the next.
    pub(crate) lockstep: bool,
    /// A number that differs from one execution to the next.
    pub(crate) execution: u64,
    started: Timestamp,
    /// No source stays behind this time: see `announce`.
    floor: Cell<Time>,
    sources: RefCell<Vec<Rc<SourceState>>>,
    announce: RefCell<Option<Box<dyn FnMut(Time)>>>,
    summaries: RefCell<Vec<(&'static str, String)>>,
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
    /// True while it has more to read at once.
    reading: Cell<bool>,
    pub(crate) progress: Cell<Progress>,
}

/// How a worker is set up.
pub(crate) struct WorkerSetup {
    pub(crate) index: usize,
    pub(crate) peers: usize,
    pub(crate) clock: Clock,
    pub(crate) shared: Arc<Shared>,
    pub(crate) epoch_interval: Duration,
    pub(crate) lockstep: bool,
    pub(crate) execution: u64,
    pub(crate) started: Timestamp,
}

impl WorkerCx {
    pub(crate) fn new(setup: WorkerSetup) -> WorkerCx {
        WorkerCx {
            index: setup.index,
            peers: setup.peers,
            clock: setup.clock,
            timers: Timers::default(),
            probe: ProbeHandle::new(),
            shared: setup.shared,
            epoch_interval: setup.epoch_interval,
            lockstep: setup.lockstep,
            execution: setup.execution,
            started: setup.started,
            floor: Cell::new(0),
            sources: RefCell::default(),
            announce: RefCell::default(),
            summaries: RefCell::default(),
        }
    }

    /// Ends the flow with an error; the first one counts.
    pub(crate) fn fail(&self, error: Error) {
        self.shared.fail(error);
    }

    pub(crate) fn stopping(&self) -> bool {
        self.shared.stopping()
    }

    pub(crate) fn add_source(&self, activator: Activator) -> Rc<SourceState> {
        let source = Rc::new(SourceState {
            activator,
            time: Cell::new(0),
            stalled: Cell::new(false),
            awaits: Cell::new(0),
            done: Cell::new(false),
            reading: Cell::new(false),
            progress: Cell::default(),
        });
        self.set_reading(&source, true);
        self.sources.borrow_mut().push(Rc::clone(&source));
        source
    }

    /// Says whether a source has more to read at once. In lockstep none ever has: the flow is done with each batch before the
    /// next is read.
    pub(crate) fn set_reading(&self, source: &SourceState, reading: bool) {
        let reading = reading && !self.lockstep;
        if source.reading.replace(reading) != reading && self.shared.quiet.set_reading(reading, self.clock.now()) {
            // Timers that stood still while something was read run again, on every worker.
            self.shared.wake();
        }
    }

    /// Now.
    pub(crate) fn moment(&self) -> Moment {
        let system = self.clock.now();
        Moment { system, quiet: self.shared.quiet.now(system) }
    }

    /// The least time at which a source may stand now, and when the next epoch begins.
    ///
    /// Epochs go by the clock. All sources, idle ones too, follow the one that is furthest, or nothing would move.
    pub(crate) fn least_time(&self) -> (Time, Option<Timestamp>) {
        if self.epoch_interval.is_zero() {
            return (self.floor.get(), None);
        }
        let interval = crate::clock::micros(self.epoch_interval).max(1);
        let elapsed = self.clock.now().0.saturating_sub(self.started.0).max(0);
        let epoch = elapsed / interval;
        let next = Timestamp(self.started.0.saturating_add((epoch + 1).saturating_mul(interval)));
        (self.floor.get().max(start_of(epoch.unsigned_abs())), Some(next))
    }

    /// Tells the sources of all workers to move on to `time` where they stand before it.
    pub(crate) fn announce(&self, time: Time) {
        if time > self.floor.get() {
            self.raise_floor(time);
            self.broadcast(time);
        }
    }

    /// Sends `time` to all workers, this one too, where there are others.
    pub(crate) fn broadcast(&self, time: Time) {
        if let Some(announce) = self.announce.borrow_mut().as_mut() {
            announce(time);
        }
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
    pub(crate) fn set_announcer(&self, announce: Option<Box<dyn FnMut(Time)>>) {
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
