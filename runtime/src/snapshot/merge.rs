//! Merging the state of one step over many parts, group by group: of each key the newest.

use super::blocks::Run;
use super::reader::{PartReader, StateCursor};
use crate::base::RecoveryError;
use foldhash::fast::FixedState;
use hashbrown::HashSet;
use std::ops::Range;

/// What all parts together may read ahead, in bytes.
const READ_AHEAD: u64 = 16 << 20;

/// The state of one step over many parts. In memory is one key group, and what the parts read ahead.
pub(crate) struct Merge<'a> {
    /// The newest part first.
    cursors: Vec<StateCursor<'a>>,
    /// The runs of the group that is next, the newest first, each with its cursor's number.
    runs: Vec<(usize, Run)>,
}

impl<'a> Merge<'a> {
    /// Merges the state of `step` in `groups` over `parts`, of which the newest comes first.
    pub(crate) fn new(parts: impl Iterator<Item = &'a PartReader>, step: &str, groups: &Range<u16>) -> Self {
        let parts: Vec<_> = parts.collect();
        let budget = READ_AHEAD / parts.len().max(8) as u64;
        let cursors = parts.into_iter().map(|part| part.state(step, groups, budget)).collect();
        Merge { cursors, runs: Vec::new() }
    }

    /// Goes to the next key group.
    pub(crate) fn next_group(&mut self) -> Result<Option<u16>, RecoveryError> {
        self.runs.clear();
        let mut next = None;
        for cursor in &mut self.cursors {
            next = match (next, cursor.group()?) {
                (Some(a), Some(b)) => Some(u16::min(a, b)),
                (a, b) => a.or(b),
            };
        }
        let Some(group) = next else { return Ok(None) };
        for (number, cursor) in self.cursors.iter_mut().enumerate() {
            cursor.take(group, |run| self.runs.push((number, run)))?;
        }
        Ok(next)
    }

    /// Visits every key of the group with its newest state; `None` says that it was removed.
    pub(crate) fn visit<E: From<RecoveryError>>(
        &self,
        mut visit: impl FnMut(&[u8], Option<&[u8]>) -> Result<(), E>,
    ) -> Result<(), E> {
        let damaged = |cursor: usize| move |cause| E::from(self.cursors[cursor].part.damaged(cause));
        // Most of a large state is in one merged part, where no key is twice.
        if let [(cursor, run)] = &self.runs[..]
            && run.distinct
        {
            for entry in run.read() {
                let (key, state) = entry.map_err(damaged(*cursor))?;
                visit(key, state)?;
            }
            return Ok(());
        }
        let most = self.runs.iter().map(|(_, run)| run.most_entries()).sum();
        let mut seen: HashSet<&[u8], FixedState> = HashSet::with_capacity_and_hasher(most, FixedState::default());
        let mut entries = Vec::new();
        for (cursor, run) in &self.runs {
            entries.clear();
            for entry in run.read() {
                entries.push(entry.map_err(damaged(*cursor))?);
            }
            // Of a key that comes twice the later entry counts.
            for (key, state) in entries.iter().rev() {
                if seen.insert(key) {
                    visit(key, *state)?;
                }
            }
        }
        Ok(())
    }
}
