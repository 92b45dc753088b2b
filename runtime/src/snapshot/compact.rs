//! Compaction: many parts become few, with each key once, while commits go on.

use super::blocks::{BlockWriter, put_entry};
use super::format::{Content, Kind, ObjectWriter, Origin};
use super::lists::{Lists, SourcePosition};
use super::manifest::{Manifest, PartRef};
use super::merge::Merge;
use super::part::{EncodedPart, ExecutionId, ListBuffer, put_position, put_prepared, put_value};
use super::reader::PartReader;
use super::store::{PARTS, Store};
use crate::base::RecoveryError;
use crate::base::data::KEY_GROUPS;
use std::collections::BTreeSet;

/// Increments smaller than this are never too much.
const FEW_BYTES: u64 = 4 << 20;
/// More epochs than this are not left unmerged: a resume reads something of each.
const MANY_RUNS: usize = 32;
/// A merged part is cut at about this size.
const PART_BYTES: usize = 64 << 20;

/// A merging of parts. [`run`](Compaction::run) does it, on any thread.
#[derive(Debug)]
pub struct Compaction {
    store: Store,
    id: ExecutionId,
    manifest: Manifest,
    /// The parts to be merged, the oldest first.
    inputs: Vec<PartRef>,
    /// True where these are all there are: then keys that were removed are left out.
    full: bool,
    job: u64,
}

/// What a [`Compaction`] made.
#[derive(Debug)]
pub struct Compacted {
    pub(crate) result: Result<Replacement, RecoveryError>,
}

/// Parts in place of others.
#[derive(Debug)]
pub(crate) struct Replacement {
    pub(crate) inputs: BTreeSet<String>,
    pub(crate) outputs: Vec<PartRef>,
}

impl Replacement {
    /// True where `manifest` refers to the new parts.
    pub(crate) fn is_in(&self, manifest: &Manifest) -> bool {
        self.outputs.first().is_some_and(|output| manifest.parts.contains(output))
    }
}

/// From which of `parts` on they are to be merged, to the last one: all of them where the increments have outgrown the
/// full state; the newer ones, where there are many. So a byte is written again a few times, not with every epoch.
pub(crate) fn first_to_merge(parts: &[PartRef]) -> Option<usize> {
    struct Run {
        first: usize,
        epoch: u64,
        bytes: u64,
    }
    let mut runs: Vec<Run> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.epoch == part.epoch => run.bytes += part.bytes,
            _ => runs.push(Run { first: at, epoch: part.epoch, bytes: part.bytes }),
        }
    }
    let total: u64 = parts.iter().map(|part| part.bytes).sum();
    let full = if parts.first()?.full { runs[0].bytes } else { 0 };
    if total - full > full + FEW_BYTES {
        return Some(0);
    }
    if runs.len() <= MANY_RUNS {
        return None;
    }
    let mut from = runs.len() - MANY_RUNS / 2;
    let mut bytes: u64 = runs[from..].iter().map(|run| run.bytes).sum();
    while from > 0 && runs[from - 1].bytes <= 2 * bytes {
        from -= 1;
        bytes += runs[from].bytes;
    }
    Some(runs[from].first)
}

impl Compaction {
    /// The merging of the parts of `manifest` from `first` on.
    pub(crate) fn of(store: &Store, id: ExecutionId, manifest: &Manifest, first: usize, job: u64) -> Compaction {
        Compaction {
            store: store.clone(),
            id,
            inputs: manifest.parts[first..].to_vec(),
            full: first == 0,
            manifest: manifest.clone(),
            job,
        }
    }

    /// Reads the parts, merges them and writes the result. In memory are one key group and one part under way.
    #[must_use = "the execution is waiting for it"]
    pub fn run(self) -> Compacted {
        Compacted { result: self.merge() }
    }

    fn merge(self) -> Result<Replacement, RecoveryError> {
        let parts = PartReader::open_all(&self.store, &self.inputs)?;
        let lists = Lists::read(&parts, &self.manifest)?;
        let epoch = self.inputs.last().map_or(0, |part| part.epoch);
        let mut output = Output::new(&self, epoch);
        let steps: BTreeSet<&str> = parts.iter().flat_map(PartReader::steps_with_state).collect();
        for step in steps {
            output.step(step);
            let kept = parts.iter().rev().filter(|part| !self.manifest.is_dropped(step, part.part.epoch));
            let mut merge = Merge::new(kept, step, &(0..KEY_GROUPS as u16));
            while let Some(group) = merge.next_group()? {
                merge.visit(|key, state| match state {
                    None if self.full => Ok(()),
                    state => output.entry(group, key, state),
                })?;
            }
        }
        output.lists(&lists);
        output.cut()?;
        let inputs = self.inputs.iter().map(|part| part.name.clone()).collect();
        Ok(Replacement { inputs, outputs: output.done })
    }
}

/// The parts that are written.
struct Output<'a> {
    compaction: &'a Compaction,
    epoch: u64,
    object: ObjectWriter,
    /// The steps of the part under way; the last one is open.
    steps: Vec<String>,
    blocks: BlockWriter,
    entry: Vec<u8>,
    done: Vec<PartRef>,
}

impl<'a> Output<'a> {
    fn new(compaction: &'a Compaction, epoch: u64) -> Self {
        Output {
            compaction,
            epoch,
            object: ObjectWriter::new(Kind::Part, origin(compaction, epoch, 0)),
            steps: Vec::new(),
            blocks: BlockWriter::new(0, true),
            entry: Vec::new(),
            done: Vec::new(),
        }
    }

    fn step(&mut self, step: &str) {
        self.blocks.flush(&mut self.object);
        self.blocks = BlockWriter::new(self.steps.len() as u32, true);
        self.steps.push(step.to_owned());
    }

    fn entry(&mut self, group: u16, key: &[u8], state: Option<&[u8]>) -> Result<(), RecoveryError> {
        self.entry.clear();
        put_entry(&mut self.entry, key, state);
        self.blocks.push(&mut self.object, group, &self.entry);
        if self.object.len() < PART_BYTES {
            return Ok(());
        }
        let open = self.steps.last().cloned();
        self.cut()?;
        if let Some(step) = open {
            self.step(&step);
        }
        Ok(())
    }

    fn lists(&mut self, lists: &Lists) {
        let (mut positions, mut prepared, mut values) =
            (ListBuffer::default(), ListBuffer::default(), ListBuffer::default());
        self.blocks.flush(&mut self.object);
        for (step, partitions) in &lists.positions {
            let step = self.step_number(step);
            for (partition, position) in partitions {
                let position = match position {
                    SourcePosition::At(position) => Some(&position[..]),
                    SourcePosition::Ended => None,
                };
                put_position(positions.entry(), step, partition, position);
            }
        }
        for (step, all) in &lists.prepared {
            let step = self.step_number(step);
            for one in all {
                put_prepared(prepared.entry(), step, one.epoch, one.worker, &one.bytes);
            }
        }
        for (name, all) in &lists.values {
            for one in all {
                put_value(values.entry(), name, one.epoch, one.worker, &one.bytes);
            }
        }
        positions.write(&mut self.object, Content::Positions);
        prepared.write(&mut self.object, Content::Prepared);
        values.write(&mut self.object, Content::Values);
    }

    fn step_number(&mut self, id: &str) -> u32 {
        let known = self.steps.iter().position(|step| step == id);
        known.unwrap_or_else(|| {
            self.steps.push(id.to_owned());
            self.steps.len() - 1
        }) as u32
    }

    /// Ends the part under way and writes it.
    fn cut(&mut self) -> Result<(), RecoveryError> {
        self.blocks.flush(&mut self.object);
        let slice = self.done.len() as u64;
        let next = ObjectWriter::new(Kind::Part, origin(self.compaction, self.epoch, slice + 1));
        let object = std::mem::replace(&mut self.object, next).finish(self.steps.iter().map(String::as_str));
        let Compaction { id, job, full, store, .. } = self.compaction;
        let name = format!("{PARTS}/{:012}-{:012}-m{job:06}-{slice:06}", id.generation, self.epoch);
        self.done.push(EncodedPart::new(object, name, self.epoch, slice, *full).write(store)?);
        self.steps.clear();
        Ok(())
    }
}

fn origin(compaction: &Compaction, epoch: u64, slice: u64) -> Origin {
    let ExecutionId { generation, execution } = compaction.id;
    Origin { generation, execution, epoch, number: slice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(epoch: u64, bytes: u64, full: bool) -> PartRef {
        PartRef { name: epoch.to_string(), epoch, worker: 0, bytes, checksum: 0, full }
    }

    #[test]
    fn everything_is_merged_when_increments_have_outgrown_the_full_state() {
        let mut parts = vec![part(1, 2 * FEW_BYTES, true)];
        assert_eq!(first_to_merge(&parts), None);
        parts.push(part(2, 3 * FEW_BYTES, false));
        assert_eq!(first_to_merge(&parts), None);
        parts.push(part(3, 1, false));
        assert_eq!(first_to_merge(&parts), Some(0));
        assert_eq!(first_to_merge(&[]), None);
    }

    #[test]
    fn a_byte_is_written_a_few_times_however_many_epochs_there_are() {
        let large = 1 << 40;
        let (mut parts, mut rewritten, mut most) = (vec![part(0, large, true)], 0, 0);
        for epoch in 1..=10_000 {
            parts.extend([part(epoch, 60_000, false), part(epoch, 40_000, false)]);
            if let Some(first) = first_to_merge(&parts) {
                assert!(first > 0, "the full state is not touched for so little");
                let bytes = parts.drain(first..).map(|part| part.bytes).sum();
                parts.push(part(epoch, bytes, false));
                rewritten += bytes;
            }
            most = most.max(parts.len());
        }
        let written = 10_000 * 100_000;
        assert!(rewritten < 5 * written, "{} times", rewritten as f64 / written as f64);
        assert!(most <= 2 * MANY_RUNS + 2, "{most} parts");
    }
}
