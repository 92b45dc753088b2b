//! What a worker of a new execution reads: the state of the keys that it owns now, and where everything stood.

use super::lists::{Lists, NamedValue, Prepared, SourcePosition};
use super::manifest::Manifest;
use super::merge::Merge;
use super::reader::PartReader;
use super::store::Store;
use crate::base::RecoveryError;
use crate::base::data::key_groups_of;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A committed state, as one worker of the execution that goes on from it reads it.
///
/// The number of workers may be another than that of the executions that wrote it. State is streamed: in memory are one
/// key group, and what is read ahead.
pub struct Resume {
    manifest: Manifest,
    /// The oldest first.
    parts: Vec<PartReader>,
    groups: Range<u16>,
    lists: Lists,
}

impl Resume {
    /// Opens the state of `manifest` for `worker` of `workers`.
    ///
    /// # Errors
    /// Where the store cannot be read, or a part is missing or damaged.
    pub fn read(store: &Store, manifest: &Manifest, worker: usize, workers: usize) -> Result<Resume, RecoveryError> {
        let parts = PartReader::open_all(store, &manifest.parts)?;
        let lists = Lists::read(&parts, manifest)?;
        Ok(Resume { manifest: manifest.clone(), parts, groups: key_groups_of(worker, workers), lists })
    }

    /// The steps that have state in the store, also those that the flow no longer has.
    #[must_use]
    pub fn steps(&self) -> BTreeSet<&str> {
        let mut steps = BTreeSet::new();
        for part in &self.parts {
            steps.extend(part.steps_with_state().filter(|step| !self.manifest.is_dropped(step, part.part.epoch)));
        }
        steps
    }

    /// Visits every key of `step` that this worker owns with its state, in no order but that of key groups.
    ///
    /// # Errors
    /// Where the store cannot be read, where a part is damaged, and whatever `visit` says.
    pub fn entries<E: From<RecoveryError>>(
        &self,
        step: &str,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let newest_first = self.parts.iter().rev();
        let parts = newest_first.filter(|part| !self.manifest.is_dropped(step, part.part.epoch));
        let mut merge = Merge::new(parts, step, &self.groups);
        while merge.next_group()?.is_some() {
            merge.visit(|key, state| state.map_or(Ok(()), |state| visit(key, state)))?;
        }
        Ok(())
    }

    /// The steps that have positions: inputs, and steps that keep something for all of their keys.
    pub fn steps_with_positions(&self) -> impl Iterator<Item = &str> {
        self.lists.positions.keys().map(String::as_str)
    }

    /// Where the source of `step` stood, by partition: all of them, whoever read them.
    #[must_use]
    pub fn positions(&self, step: &str) -> Option<&BTreeMap<String, SourcePosition>> {
        self.lists.positions.get(step)
    }

    /// What the sink of `step` prepared and is not known to have committed, of all workers, in the order of epoch and
    /// worker.
    #[must_use]
    pub fn prepared(&self, step: &str) -> &[Prepared] {
        self.lists.prepared.get(step).map_or(&[], Vec::as_slice)
    }

    /// The values of a name: what the workers gave in the newest epoch in which one of them did.
    #[must_use]
    pub fn values(&self, name: &str) -> &[NamedValue] {
        self.lists.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The manifest that is read.
    #[must_use]
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }
}
