//! A flow with recovery: what it resumes from, and the thread that writes its snapshots.

use super::config::Config;
use super::definition::Definition;
use super::survey::{self, Surveyed};
use crate::base::error::Error;
use crate::base::guarantee::Fence;
use crate::snapshot::{Answers, Background, IDLE, Job, Snapshots};
use crate::snapshot::{Commit, Compacted, Execution, ExecutionId, Manifest, RecoveryError, Resume, Store, TakeOver};
use crate::worker::Shared;
use std::hash::{BuildHasher, RandomState};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{Builder, JoinHandle};

/// One process's side of recovery.
pub(crate) struct Recovery {
    store: Store,
    /// What to go on from.
    manifest: Manifest,
    id: ExecutionId,
    first_epoch: u64,
    background: Background,
    thread: Option<JoinHandle<()>>,
}

impl Recovery {
    /// Process 0 takes the flow over from the execution before, and does so before the others can have met it. Nothing is
    /// opened where the state does not fit. `surveyed` is the flow, where it has been looked over.
    pub(crate) fn take_over(
        flow: &Definition,
        config: &Config,
        surveyed: Option<Surveyed>,
    ) -> Result<Option<Execution>, Error> {
        if config.process != 0 {
            return Ok(None);
        }
        let Some(store) = config.store()? else { return Ok(None) };
        let surveyed = surveyed.map_or_else(|| survey::survey(flow, config, None), Ok)?;
        survey::compare(flow, config, &store, &surveyed)?;
        let execution = store.take_over(TakeOver {
            flow: flow.graph.name.to_owned(),
            execution: RandomState::new().hash_one(std::process::id()),
            workers: config.workers * config.processes(),
            steps: surveyed.steps(flow),
            drop: config.drop_state.clone(),
        });
        let execution = execution?;
        if let Some(damage) = execution.went_back() {
            eprintln!(
                "warning: {}; the flow resumes from the previous state: what came after it is read and emitted again",
                survey::with_cause(damage)
            );
        }
        Ok(Some(execution))
    }

    /// Reads what there is to resume from, and starts the thread. Process 0 has the `execution`; the others join the one whose
    /// id process 0 has sent them: what is newest in the store may be of another by now.
    pub(crate) fn start(
        config: &Config,
        execution: Option<Execution>,
        joined: Option<ExecutionId>,
        shared: &Arc<Shared>,
    ) -> Result<Option<Recovery>, Error> {
        let Some(store) = config.store()? else { return Ok(None) };
        let (manifest, id, first_epoch) = match &execution {
            Some(execution) => (execution.manifest().clone(), execution.id(), execution.first_epoch()),
            None => {
                let newest = store.newest()?;
                let (Some(newest), Some(id)) = (newest, joined) else {
                    return Err(another_store(&store));
                };
                if newest.generation < id.generation {
                    return Err(another_store(&store));
                }
                store.still_of(id, newest.epoch + 1)?;
                let first_epoch = newest.epoch + 1;
                (newest, id, first_epoch)
            }
        };
        if let Some(idle) = manifest.values.get(IDLE).and_then(|bytes| bytes.as_slice().try_into().ok()) {
            shared.idle.resume(i64::from_le_bytes(idle));
        }
        let (jobs, todo) = channel();
        let answers = Arc::new(Answers::default());
        let background = Background { jobs, answers: Arc::clone(&answers), id };
        let writer = Writer { store: store.clone(), execution, answers, shared: Arc::clone(shared), compacting: None };
        let thread = Builder::new().name("flowstone-snapshots".into()).spawn(move || writer.run(&todo));
        let thread = thread.map_err(|error| Error::Config { what: format!("cannot start a thread: {error}") })?;
        Ok(Some(Recovery { store, manifest, id, first_epoch, background, thread: Some(thread) }))
    }

    /// The first epoch of this execution.
    pub(crate) fn first_epoch(&self) -> u64 {
        self.first_epoch
    }

    /// What it goes on from, in a line.
    pub(crate) fn describe(&self) -> String {
        match self.manifest.parts.is_empty() {
            true => format!("recovery: starts from scratch, in {}", self.store.url()),
            false => format!("recovery: resumes from epoch {}, in {}", self.manifest.epoch, self.store.url()),
        }
    }

    /// What orders this execution among those of the flow.
    pub(crate) fn fence(&self) -> Fence {
        Fence { store: self.manifest.store, generation: self.id.generation, epoch: self.first_epoch - 1 }
    }

    /// A number for names of files, the same on every worker.
    pub(crate) fn execution(&self) -> u64 {
        self.id.execution
    }

    /// What one worker resumes from.
    pub(crate) fn snapshots(&self, worker: usize, workers: usize) -> Result<Rc<Snapshots>, Error> {
        let resume = match self.manifest.parts.is_empty() {
            true => None,
            false => Some(Resume::read(&self.store, &self.manifest, worker, workers)?),
        };
        let background = self.background.clone();
        Ok(Rc::new(Snapshots::new(worker, workers, self.first_epoch, background, self.store.clone(), resume)))
    }

    /// The error as it is to be reported: where another execution has the store by now, that is why something is missing, and
    /// why a sink or another process has failed.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let may_be_its_doing = match &error {
            Error::Recovery(damage) => damage.is_damage(),
            Error::Sink { fault, .. } => !fault.is_fenced(),
            // Another process has found out first.
            Error::Cluster { .. } => true,
            _ => false,
        };
        if may_be_its_doing
            && let Ok(Some(newest)) = self.store.newest()
            && newest.generation > self.id.generation
        {
            let (store, by) = (self.store.url().to_owned(), newest.execution);
            return Error::Recovery(RecoveryError::Fenced { store, by, epoch: self.first_epoch });
        }
        error
    }

    /// Waits until the thread has done what it was given.
    pub(crate) fn finish(&mut self) {
        let (nowhere, _) = channel();
        self.background.jobs = nowhere;
        if let Some(thread) = self.thread.take() {
            // It panics where the store's library does; there is nothing to add to what that has said.
            let _ = thread.join();
        }
    }
}

fn another_store(store: &Store) -> Error {
    let what = format!("process 0 uses another recovery store than {}; give all processes the same -r", store.url());
    Error::Config { what }
}

/// Writes parts and manifests, one after the other.
struct Writer {
    store: Store,
    /// On process 0.
    execution: Option<Execution>,
    answers: Arc<Answers>,
    shared: Arc<Shared>,
    /// Where what a compaction made will come from, while one runs.
    compacting: Option<Receiver<Compacted>>,
}

impl Writer {
    fn run(mut self, todo: &Receiver<Job>) {
        self.clean();
        // Where executions are short, one that waited for its first commit would never come to it.
        self.compact();
        while let Ok(job) = todo.recv() {
            if self.shared.aborting() {
                return;
            }
            let done = match job {
                Job::Write { parts, mut durable } => {
                    parts.into_iter().map(|part| part.finish()?.write(&self.store)).collect::<Result<_, _>>().map(
                        |parts| {
                            durable.parts = parts;
                            self.answers.durable(durable);
                        },
                    )
                }
                Job::Commit { up_to, commit } => self.commit(up_to, commit),
            };
            if let Err(error) = done {
                self.shared.fail(Error::Recovery(error));
                return;
            }
            self.shared.wake();
        }
    }

    fn commit(&mut self, up_to: u64, commit: Commit) -> Result<(), RecoveryError> {
        let Some(execution) = &mut self.execution else { return Ok(()) };
        if let Some(done) = self.compacting.as_ref().and_then(|compacting| compacting.try_recv().ok()) {
            self.compacting = None;
            // Where it failed the state is what it was; a store that goes on failing is told by the commits.
            let _ = execution.compacted(done);
        }
        execution.commit(commit)?;
        self.answers.committed(up_to);
        self.shared.wake();
        self.compact();
        self.clean();
        Ok(())
    }

    /// Has parts merged, where there are too many of them and that is not being done.
    fn compact(&mut self) {
        if let Some(compaction) = self.execution.as_mut().and_then(Execution::compaction) {
            let (done, finished) = channel();
            let run = move || {
                // Nobody is left to hear it where the flow has ended.
                let _ = done.send(compaction.run());
            };
            if Builder::new().name("flowstone-compaction".into()).spawn(run).is_ok() {
                self.compacting = Some(finished);
            }
        }
    }

    /// Removes what no resume can need. Where that fails it is tried again after the next commit.
    fn clean(&mut self) {
        if let Some(execution) = &mut self.execution {
            let _ = execution.clean();
        }
    }
}
