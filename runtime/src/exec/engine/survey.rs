//! Looks a flow over without running it: `check`, and what is compared with the store before anything is opened.

use super::config::Config;
use super::definition::Definition;
use super::panics;
use crate::base::error::Error;
use crate::base::guarantee::Fence;
use crate::snapshot::{Manifest, Resume, StepInfo, Store};
use crate::stream;
use crate::stream::Cx;
use crate::worker::{Found, Promise, Shared, Survey, WorkerCx, WorkerSetup, infos, lines};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use timely::WorkerConfig;
use timely::communication::Allocator;
use timely::communication::allocator::Thread;
use timely::worker::Worker;

/// What a flow keeps, and what it guarantees.
pub(crate) struct Surveyed {
    pub(crate) found: Vec<Found>,
    pub(crate) promises: Vec<Promise>,
}

/// Puts the flow together on a worker of its own, which opens nothing and never runs.
pub(crate) fn survey(flow: &Definition, config: &Config, resume: Option<Resume>) -> Result<Surveyed, Error> {
    let build = flow.build()?;
    let shared = Arc::new(Shared::default());
    let found = stream::watch(|| {
        catch_unwind(AssertUnwindSafe(|| {
            let mut worker =
                Worker::new(WorkerConfig::default(), Allocator::Thread(Thread::default()), Some(Instant::now()));
            let started = config.clock.now();
            let survey = Rc::new(Survey::new(resume));
            let cx = Rc::new(WorkerCx::new(WorkerSetup {
                index: 0,
                peers: 1,
                here: 0..1,
                clock: config.clock.clone(),
                shared: Arc::clone(&shared),
                epoch_interval: config.snapshot_interval,
                lockstep: true,
                perturbed: None,
                each_batch: false,
                execution: 0,
                fence: Fence::default(),
                started,
                first_epoch: 0,
                snapshots: None,
                survey: Some(Rc::clone(&survey)),
            }));
            worker.dataflow(|scope| build(&Cx { scope, worker: Rc::clone(&cx) }));
            for dataflow in worker.installed_dataflows() {
                worker.drop_dataflow(dataflow);
            }
            Surveyed { found: survey.take(), promises: cx.guarantees.promises() }
        }))
    });
    let surveyed = found.map_err(|panic| panics::error_of(&*panic, 0))?;
    shared.take_error().map_or(Ok(surveyed), Err)
}

impl Surveyed {
    /// What the store is told of the flow's steps.
    pub(crate) fn steps(&self, flow: &Definition) -> Vec<StepInfo> {
        let steps = flow.graph.steps;
        infos(&self.found, |id| steps.iter().find(|step| step.id == id).map_or("", |step| step.word).to_owned())
    }
}

/// Fails where a step has state in the store that this build cannot read. Only steps whose types look different are tried.
pub(crate) fn compare(flow: &Definition, config: &Config, store: &Store, surveyed: &Surveyed) -> Result<(), Error> {
    let Some(manifest) = store.newest()? else { return Ok(()) };
    let changed = |found: &Found| {
        let before = manifest.steps.iter().find(|step| step.id == found.id);
        before.is_some_and(|before| before.fingerprint != found.fingerprint)
            && !config.drop_state.iter().any(|id| id == found.id)
    };
    if !surveyed.found.iter().any(changed) {
        return Ok(());
    }
    let Some((manifest, _)) = store.sound()? else { return Ok(()) };
    let resume = Resume::read(store, &manifest, 0, 1)?;
    for found in survey(flow, config, Some(resume))?.found {
        if let (true, Err(fault)) = (changed(&found), found.keys) {
            let before = fingerprint_in(&manifest, found.id);
            let fault = fault.help(format!(
                "it was stored as `{before}` and is `{}` now; give new fields `#[serde(default)]`, or discard its state: --drop-state {}",
                found.fingerprint, found.id
            ));
            return Err(Error::State { step: found.id.into(), worker: 0, fault });
        }
    }
    Ok(())
}

fn fingerprint_in(manifest: &Manifest, id: &str) -> String {
    manifest.steps.iter().find(|step| step.id == id).map(|step| step.fingerprint.clone()).unwrap_or_default()
}

/// What would become of the state in a recovery store if the flow were started on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// A row for each step that keeps something, in the flow or in the store.
    pub steps: Vec<CheckedStep>,
    /// The epoch from which the flow would go on; `None` where there is nothing in the store.
    pub epoch: Option<u64>,
    /// The damage for which it would give up a newer one.
    pub went_back: Option<String>,
    /// What the flow guarantees, a line for each output, and for each input that cannot be read again.
    pub guarantees: Vec<String>,
}

/// One step's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedStep {
    /// The step's id.
    pub id: String,
    /// What would become of it.
    pub fate: Fate,
}

/// What would become of a step's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It goes on with so many keys.
    Kept {
        /// How many keys it has.
        keys: u64,
    },
    /// The step was not there before: it starts empty.
    New,
    /// The flow has no such step any more. Its state stays in the store until it is dropped.
    Gone,
    /// This build cannot read it.
    Undecodable {
        /// What it looked like when it was stored.
        stored: String,
        /// What it looks like in this build.
        now: String,
        /// What the decoder says.
        why: String,
    },
}

impl Check {
    /// True where the flow would start.
    #[must_use]
    pub fn passes(&self) -> bool {
        !self.steps.iter().any(|step| matches!(step.fate, Fate::Undecodable { .. }))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.epoch {
            Some(epoch) => writeln!(f, "resumes from epoch {epoch}")?,
            None => writeln!(f, "starts from scratch: the store is empty")?,
        }
        if let Some(damage) = &self.went_back {
            writeln!(f, "  not from the newest: {damage}")?;
        }
        let width = self.steps.iter().map(|step| step.id.chars().count()).max().unwrap_or(0);
        for CheckedStep { id, fate } in &self.steps {
            write!(f, "  {id:<width$}  ")?;
            match fate {
                Fate::Kept { keys } => writeln!(f, "kept: {keys} key{}", if *keys == 1 { "" } else { "s" })?,
                Fate::New => writeln!(f, "new: starts empty")?,
                Fate::Gone => writeln!(f, "gone: not in the flow; its state stays until --drop-state {id}")?,
                Fate::Undecodable { stored, now, why } => {
                    writeln!(f, "undecodable: {why}")?;
                    writeln!(f, "  {:<width$}    stored as  {stored}", "")?;
                    writeln!(f, "  {:<width$}    now        {now}", "")?;
                }
            }
        }
        self.guarantees.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Compares the flow with what is in the store at `url`.
pub(crate) fn check(flow: &Definition, config: &Config, url: &str) -> Result<Check, Error> {
    let store = Store::open(url)?;
    let config = config.clone().recovery(url);
    let Some((manifest, damage)) = store.sound()? else {
        let surveyed = survey(flow, &config, None)?;
        let steps = surveyed.found.iter().map(|found| CheckedStep { id: found.id.into(), fate: Fate::New }).collect();
        return Ok(Check { steps, epoch: None, went_back: None, guarantees: lines(&surveyed.promises, true) });
    };
    let resume = Resume::read(&store, &manifest, 0, 1)?;
    let stored: Vec<String> = resume.steps().into_iter().map(String::from).collect();
    let surveyed = survey(flow, &config, Some(resume))?;
    let mut steps: Vec<CheckedStep> = Vec::new();
    for found in &surveyed.found {
        let fate = match &found.keys {
            Err(fault) => Fate::Undecodable {
                stored: fingerprint_in(&manifest, found.id),
                now: found.fingerprint.clone(),
                why: cause_of(fault),
            },
            Ok(keys) if *keys > 0 || manifest.steps.iter().any(|step| step.id == found.id) => {
                Fate::Kept { keys: *keys }
            }
            Ok(_) => Fate::New,
        };
        steps.push(CheckedStep { id: found.id.into(), fate });
    }
    let gone = stored.into_iter().filter(|id| !surveyed.found.iter().any(|found| found.id == *id));
    steps.extend(gone.map(|id| CheckedStep { id, fate: Fate::Gone }));
    let (epoch, went_back) = (Some(manifest.epoch), damage.map(|damage| with_cause(&damage)));
    Ok(Check { steps, epoch, went_back, guarantees: lines(&surveyed.promises, true) })
}

/// An error with its cause.
pub(crate) fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

fn cause_of(fault: &crate::base::error::Fault) -> String {
    std::error::Error::source(fault).map_or_else(|| fault.to_string(), ToString::to_string)
}
