//! A flow, ready to run: what the macro makes and what a user runs.

use super::config::Config;
use super::definition::{Definition, Lock};
use super::lock;
use super::recovery::Recovery;
use super::report::{Report, StepReport};
use super::survey::{self, Check};
use super::turns::Turns;
use super::worker::{self, Job};
use super::{cluster, local, panics, signals};
use crate::base::error::Error;
use crate::base::graph::Graph;
use crate::snapshot::Execution;
use crate::stream::Cx;
use crate::worker::Shared;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use timely::communication::allocator::{Allocator, AllocatorBuilder, Thread};
use timely::communication::initialize_from;

/// A flow with its parameters, ready to run. It is cheap to make and to clone; nothing runs before it is run.
#[derive(Clone)]
pub struct Flow {
    pub(crate) definition: Definition,
}

/// Makes a flow of its graph and the function that puts it together on one worker. The macro calls it.
pub fn flow(graph: &'static Graph, build: impl Fn(&Cx<'_>) + Send + Sync + 'static) -> Flow {
    Flow { definition: Definition { graph, build: Some(Arc::new(build)), lock: None } }
}

/// What the macro makes of a flow with mistakes in it: a `Flow` by type, which never comes to run since it does not
/// compile.
#[must_use]
pub fn unbuildable() -> Flow {
    const NOTHING: Graph = Graph { name: "", doc: "", steps: &[], edges: &[] };
    Flow { definition: Definition { graph: &NOTHING, build: None, lock: None } }
}

/// Gives `flow` the lock that the file at `path` was when it was compiled. The macro calls it.
#[must_use]
pub fn locked(mut flow: Flow, path: &'static str, text: Option<&'static str>) -> Flow {
    flow.definition.lock = Some(Lock { path, text });
    flow
}

impl Flow {
    /// The flow's graph.
    #[must_use]
    pub fn graph(&self) -> &'static Graph {
        self.definition.graph
    }

    /// Compares the flow with what is in the recovery store at `url`, and says what would become of each step's state.
    ///
    /// # Errors
    /// Where the store cannot be read, or the flow does not fit its lock.
    pub fn check(&self, url: &str) -> Result<Check, Error> {
        lock::compare(&self.definition, &Config::default())?;
        survey::check(&self.definition, &Config::default(), url)
    }

    /// The text of the flow's lock file: what each step keeps, a line each. The command `lock` writes it.
    ///
    /// ```
    /// use flowstone::prelude::*;
    /// use flowstone::testing::TestSink;
    ///
    /// dataflow! {
    ///     flow counts(out: TestSink<(bool, u64)>) {
    ///         input("numbers", iter(1..=9u64))
    ///             -> key_on(|n| n % 2 == 0)
    ///             -> count_final("count")
    ///             -> output("out", out);
    ///     }
    /// }
    ///
    /// let lock = counts(TestSink::new()).lock().unwrap();
    /// assert_eq!(lock.lines().last(), Some(r#"count_final "count" (bool, u64?)"#));
    /// ```
    ///
    /// # Errors
    /// Where the flow cannot be put together: a closure that makes a source or a sink panics, say.
    pub fn lock(&self) -> Result<String, Error> {
        lock::text(&self.definition)
    }

    /// Runs the flow in this process until its input ends, it is stopped by a signal, or it fails.
    ///
    /// # Errors
    /// The first [`Error`] that a worker met. What sinks had not committed by then is dropped.
    pub fn run(&self, config: &Config) -> Result<Report, Error> {
        config.check()?;
        panics::install_hook();
        if config.processes_here > 1 {
            return local::run(config, &|config, shared| self.run_in(config, shared));
        }
        self.run_in(config, Arc::new(Shared::default()))
    }

    /// Runs one process of the flow.
    pub(crate) fn run_in(&self, config: &Config, shared: Arc<Shared>) -> Result<Report, Error> {
        let surveyed = lock::compare(&self.definition, config)?;
        let build = self.definition.build()?;
        shared.idle.start(config.workers, config.lockstep, config.processes());
        if config.signals {
            signals::stop_on_signal(&shared);
        }
        let started = config.clock.now();
        let execution = Recovery::take_over(&self.definition, config, surveyed)?;
        let (builders, network, joined) =
            cluster::connect(config, self.graph(), &shared, execution.as_ref().map(Execution::id))?;
        let recovery = match Recovery::start(config, execution, joined, &shared) {
            Ok(recovery) => recovery,
            Err(error) => {
                // The network's threads wait for workers that will not come, and the other processes for this one.
                shared.fail(error);
                drop(builders);
                network.close();
                return shared.take_error().map_or(Ok(Report::default()), Err);
            }
        };
        let turns = config.perturbed.filter(|_| config.workers > 1).map(|seed| Turns::new(seed, config.workers));
        let (config_here, shared_here) = (config.clone(), Arc::clone(&shared));
        let job = Arc::new(Job { build, config: config_here, shared: shared_here, started, recovery, turns });
        #[cfg(feature = "progress")]
        let bar = config.progress.then(|| super::progress::Bar::start(self.graph().name, &shared));
        let mut report = BTreeMap::new();
        for (index, summaries) in run_workers(builders, &job)?.into_iter().enumerate() {
            for (at, (step, text)) in summaries.into_iter().enumerate() {
                report.insert((step, index, at), text);
            }
        }
        #[cfg(feature = "progress")]
        drop(bar);
        let mut recovery = Arc::into_inner(job).and_then(|job| job.recovery);
        if let Some(recovery) = &mut recovery {
            recovery.finish();
        }
        network.close();
        match shared.take_error() {
            Some(error) => Err(match &recovery {
                Some(recovery) => recovery.explain(error),
                None => error,
            }),
            None => {
                let outputs = report.into_iter().map(|((step, ..), text)| (step.to_owned(), text)).collect();
                let steps = shared.counts.all().into_iter().map(StepReport::of).collect();
                Ok(Report { outputs, steps, wakeups: shared.counts.wakeups.load(Ordering::Relaxed) })
            }
        }
    }
}

/// What the outputs of each worker said at the end.
type Summaries = Vec<(&'static str, String)>;

/// Runs the workers of this process: a single one on the caller's own thread, which knows its memory already.
fn run_workers(builders: Vec<AllocatorBuilder>, job: &Arc<Job>) -> Result<Vec<Summaries>, Error> {
    if let [AllocatorBuilder::Thread(_)] = builders[..] {
        return Ok(vec![worker::run(Allocator::Thread(Thread::default()), job)]);
    }
    let job = Arc::clone(job);
    let guards = initialize_from(builders, Box::new(()), move |allocator| worker::run(allocator, &job));
    match guards {
        Ok(guards) => Ok(guards.join().into_iter().map(Result::unwrap_or_default).collect()),
        Err(text) => Err(Error::Config { what: format!("cannot start worker threads: {text}") }),
    }
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Flow({})", self.graph().name)
    }
}
