//! The loop of one worker: puts the flow together, steps it, parks while there is nothing to do.

use super::config::Config;
use super::definition::Build;
use super::panics;
use super::recovery::Recovery;
use super::turns::{Seat, Turns};
use crate::base::clock::Timestamp;
use crate::base::time::Time;
use crate::stream::{Cx, watch};
use crate::worker::{ControlMessage, Perturbed, Shared, WorkerCx, WorkerSetup, lines};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use timely::WorkerConfig;
use timely::communication::Allocator;
use timely::dataflow::InputHandle;
use timely::dataflow::channels::pact::Pipeline;
use timely::dataflow::operators::Input;
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::vec::Broadcast;
use timely::worker::Worker;

/// What the workers of a process run.
pub(crate) struct Job {
    pub(crate) build: Build,
    pub(crate) config: Config,
    pub(crate) shared: Arc<Shared>,
    pub(crate) started: Timestamp,
    pub(crate) recovery: Option<Recovery>,
    /// Present where a test chooses which worker runs.
    pub(crate) turns: Option<Turns>,
}

/// Runs the flow on one worker; what its outputs say at the end.
pub(crate) fn run(allocator: Allocator, job: &Job) -> Vec<(&'static str, String)> {
    watch(|| {
        let mut worker = Worker::new(WorkerConfig::default(), allocator, Some(Instant::now()));
        let index = worker.index();
        let result = catch_unwind(AssertUnwindSafe(|| {
            let summaries = drive(&mut worker, job);
            if job.shared.aborting() {
                drop_all(&mut worker);
            }
            summaries
        }));
        let summaries = result.unwrap_or_else(|panic| {
            job.shared.fail(panics::error_of(&*panic, index));
            // What was under way is dropped, sinks with it, before the network closes.
            let _ = catch_unwind(AssertUnwindSafe(|| drop_all(&mut worker)));
            Vec::new()
        });
        // Timely's queues panic once more as they are dropped where a connection broke, which has been told by then.
        let _ = catch_unwind(AssertUnwindSafe(move || drop(worker)));
        summaries
    })
}

fn drop_all(worker: &mut Worker) {
    for dataflow in worker.installed_dataflows() {
        worker.drop_dataflow(dataflow);
    }
}

fn drive(worker: &mut Worker, job: &Job) -> Vec<(&'static str, String)> {
    let Job { build, config, shared, started, recovery, turns } = job;
    let (started, recovery) = (*started, recovery.as_ref());
    let seat = turns.as_ref().map(|turns| turns.join(worker.index() % config.workers));
    let snapshots = recovery.map(|recovery| recovery.snapshots(worker.index(), worker.peers())).transpose();
    let snapshots = match snapshots {
        Ok(snapshots) => snapshots,
        Err(error) => {
            shared.fail(error);
            return Vec::new();
        }
    };
    let setup = WorkerSetup {
        index: worker.index(),
        peers: worker.peers(),
        here: config.here(),
        clock: config.clock.clone(),
        shared: Arc::clone(shared),
        epoch_interval: config.snapshot_interval,
        lockstep: config.lockstep,
        perturbed: config.perturbed.map(|seed| Perturbed::new(seed.wrapping_add(worker.index() as u64))),
        each_batch: config.each_batch,
        execution: recovery.map_or(started.0.unsigned_abs(), Recovery::execution),
        fence: recovery.map(Recovery::fence).unwrap_or_default(),
        started,
        first_epoch: recovery.map_or(0, Recovery::first_epoch),
        snapshots,
        survey: None,
    };
    let flow = Rc::new(WorkerCx::new(setup));
    let dataflow = worker.next_dataflow_index();
    worker.dataflow(|scope| build(&Cx { scope, worker: Rc::clone(&flow) }));
    if config.verbose && flow.index == 0 {
        if let Some(recovery) = recovery {
            eprintln!("{}", recovery.describe());
        }
        lines(&flow.guarantees.promises(), recovery.is_some()).iter().for_each(|line| eprintln!("{line}"));
    }
    let _outputs = flow.hold_outputs();
    if let Some(snapshots) = &flow.snapshots {
        snapshots.built();
    }
    let activator = worker.sync_activator_for(vec![dataflow]);
    let remote = activator.clone();
    shared.on_wake(move || {
        // The worker is gone when this fails, and with it the need to wake it.
        let _ = remote.activate();
    });
    config.clock.on_move(move || {
        let _ = activator.activate();
    });
    if worker.peers() > 1 {
        connect_control_channel(worker, &flow);
    }
    shared.idle.built(config.clock.steady());
    let mut stopping = false;
    loop {
        let turn = seat.as_ref().map(Seat::turn);
        if shared.aborting() {
            return Vec::new();
        }
        if shared.stopping() && !stopping {
            stopping = true;
            flow.activate_sources();
            flow.broadcast(ControlMessage::Stop);
        }
        flow.follow_idle();
        flow.timers.fire(flow.moment());
        flow.release_stalled();
        flow.follow_outputs();
        flow.follow_snapshots();
        // The last commits come after the last item.
        let done = flow.is_done();
        if flow.probe.done() && done {
            flow.set_announcer(None);
        }
        let sleep = if turn.is_some() { Some(Duration::ZERO) } else { sleep_time(&flow) };
        if !worker.step_or_park(sleep) && done {
            flow.follow_outputs();
            shared.counts.wakeups.fetch_add(flow.timers.wakeups(), Ordering::Relaxed);
            return flow.take_summaries();
        }
    }
}

/// How long the worker may sleep when it has nothing to do. A manual clock wakes it when it is moved.
fn sleep_time(flow: &WorkerCx) -> Option<Duration> {
    if !flow.clock.is_system() {
        return None;
    }
    let timer = flow.timers.next().map(|next| next.since(flow.clock.now()));
    let next = timer.into_iter().chain(flow.idle_sleep()).min()?;
    Some(next.max(Duration::from_micros(1)))
}

/// Connects the workers so that they can tell each other what is beside the flow.
fn connect_control_channel(worker: &mut Worker, flow: &Rc<WorkerCx>) {
    let receiver = Rc::clone(flow);
    let mut input: InputHandle<Time, _> = InputHandle::new();
    worker.dataflow(|scope| {
        scope.input_from(&mut input).container::<Vec<ControlMessage>>().broadcast().sink(
            Pipeline,
            "control",
            move |(input, _)| {
                input.for_each(|_, all| all.drain(..).for_each(|message| receiver.receive(message)));
            },
        );
    });
    flow.set_announcer(Some(Box::new(move |message| {
        input.send(message);
        input.flush();
    })));
}
