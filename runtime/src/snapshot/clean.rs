//! Removing what no resume can need: older manifests, parts that were merged, what killed executions left behind.
//!
//! Kept are the newest manifest, the one it falls back to, and the parts of both. Of the rest only that is removed which
//! nobody can commit any more: parts of older executions, which have lost the store, and of this one where they are of
//! committed epochs. What a newer execution writes has a higher generation in its name and is left alone.

use super::commit::Execution;
use super::manifest::Manifest;
use super::part_name::PartName;
use super::store::{HEAD, MANIFESTS, PARTS};
use crate::base::RecoveryError;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

/// A look at the whole store at the start and then once in so many cleanings: older executions may have written something
/// after they had lost the store.
const SWEEP_EVERY: u64 = 128;
/// No write of a small object is under way for longer.
const LONG: Duration = Duration::from_secs(3600);

impl Execution {
    /// Removes what no resume can need any more. To be called after the take-over and after commits, at leisure.
    ///
    /// # Errors
    /// Where the store refuses. Nothing is lost by it, and the next call goes on from there.
    pub fn clean(&mut self) -> Result<(), RecoveryError> {
        // From the oldest on, and not past one that could not be removed: fencing relies on that order.
        let kept = [Some(self.newest.sequence), self.newest.fallback];
        let outdated: Vec<u64> =
            self.leftovers.manifests.iter().copied().filter(|it| !kept.contains(&Some(*it))).collect();
        for sequence in outdated {
            self.store.remove(&Manifest::name(sequence))?;
            self.leftovers.manifests.remove(&sequence);
        }
        // Without the manifest that is kept beside the newest nobody knows what it refers to.
        if self.newest.fallback.is_some() && self.previous.is_none() {
            return Ok(());
        }
        if self.leftovers.cleanings.is_multiple_of(SWEEP_EVERY) {
            let listed = self.store.list(PARTS)?;
            let orphans: Vec<String> = listed.into_keys().filter(|name| self.may_go(name)).collect();
            self.leftovers.parts.extend(orphans);
            if let Some(directory) = self.store.local() {
                remove_half_written(directory, self.newest.generation);
                remove_half_written_heads(directory);
            }
        }
        self.leftovers.cleanings += 1;
        let needed: BTreeSet<&str> = [Some(&self.newest), Some(&self.base), self.previous.as_ref()]
            .into_iter()
            .flatten()
            .flat_map(|manifest| &manifest.parts)
            .map(|part| part.name.as_str())
            .collect();
        let unneeded: Vec<String> =
            self.leftovers.parts.iter().filter(|name| !needed.contains(name.as_str())).cloned().collect();
        for name in unneeded {
            self.store.remove(&name)?;
            self.leftovers.parts.remove(&name);
        }
        Ok(())
    }

    /// True for a part that nobody can commit any more.
    fn may_go(&self, name: &str) -> bool {
        let Some(part) = PartName::read(name) else { return false };
        let awaited = self.replacement.as_ref().is_some_and(|it| it.outputs.iter().any(|output| output.name == *name));
        let in_writing = part.job.is_some() && part.job == self.running;
        match part.generation.cmp(&self.newest.generation) {
            std::cmp::Ordering::Less => true,
            std::cmp::Ordering::Equal => {
                part.epoch <= self.newest.epoch && self.pending.is_none() && !awaited && !in_writing
            }
            std::cmp::Ordering::Greater => false,
        }
    }
}

/// Removes what killed processes were writing of the head, whose name does not say by whom: nobody writes it for this long.
fn remove_half_written_heads(directory: &Path) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let is_half =
            entry.file_name().to_str().and_then(|name| name.split_once('#')).is_some_and(|(of, _)| of == HEAD);
        let age = entry.metadata().ok().and_then(|about| about.modified().ok()?.elapsed().ok());
        if is_half && age.is_some_and(|age| age > LONG) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Removes the files that a killed process of an older generation was writing: `NAME#NUMBER`, which the store itself
/// neither lists nor reads. What cannot be removed now is looked at again.
fn remove_half_written(directory: &Path, generation: u64) {
    for folder in [PARTS, MANIFESTS] {
        let entries = std::fs::read_dir(directory.join(folder)).into_iter().flatten().flatten();
        for entry in entries {
            let name = entry.file_name();
            let Some((object, _)) = name.to_str().and_then(|name| name.split_once('#')) else { continue };
            // Both names begin with a number: of a part its generation, of a manifest its own.
            let number = object.split('-').next().and_then(|number| number.parse::<u64>().ok());
            if number.is_some_and(|number| number < generation) {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }
}
