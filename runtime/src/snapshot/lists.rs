//! What a snapshot has besides state: positions of sources, prepared output, named values, over all of its parts.

use super::format::{Content, Head};
use super::manifest::Manifest;
use super::reader::PartReader;
use super::wire::Reader;
use crate::base::{FormatError, RecoveryError, Wrong};
use bytes::Bytes;
use std::collections::BTreeMap;

/// Where a source stands in a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePosition {
    /// It goes on from here.
    At(Bytes),
    /// It has been read to its end.
    Ended,
}

/// Output that a sink has prepared and may not have committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prepared {
    /// The epoch that it is of.
    pub epoch: u64,
    /// The worker that prepared it, of those there were then.
    pub worker: u64,
    /// What the sink needs for its commit.
    pub bytes: Bytes,
}

/// A small named value, as one worker gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedValue {
    /// The epoch that it is of.
    pub epoch: u64,
    /// The worker that gave it, of those there were then.
    pub worker: u64,
    /// The value.
    pub bytes: Bytes,
}

/// All of that.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    /// By step and partition, the newest.
    pub(crate) positions: BTreeMap<String, BTreeMap<String, SourcePosition>>,
    /// By step, in the order of epoch and worker; what sinks are known to have committed is left out.
    pub(crate) prepared: BTreeMap<String, Vec<Prepared>>,
    /// By name: what the workers gave in the newest epoch in which one did, in their order.
    pub(crate) values: BTreeMap<String, Vec<NamedValue>>,
}

impl Lists {
    /// Reads them from `parts`, of which the oldest comes first.
    pub(crate) fn read(parts: &[PartReader], manifest: &Manifest) -> Result<Lists, RecoveryError> {
        let mut lists = Lists::default();
        for part in parts {
            for content in [Content::Positions, Content::Prepared, Content::Values] {
                for (section, raw) in part.sections(content)? {
                    let mut reader = Reader::new(&raw, section.offset);
                    while !reader.is_empty() {
                        let entry = Entry { head: &part.head, raw: &raw, reader: &mut reader };
                        let read = match content {
                            Content::Positions => entry.position(&mut lists, manifest, part.part.epoch),
                            Content::Prepared => entry.prepared(&mut lists, manifest),
                            _ => entry.value(&mut lists),
                        };
                        read.map_err(|cause| part.damaged(cause))?;
                    }
                }
            }
        }
        for prepared in lists.prepared.values_mut() {
            prepared.sort_by_key(|prepared| (prepared.epoch, prepared.worker));
        }
        for values in lists.values.values_mut() {
            let newest = values.iter().map(|value| value.epoch).max();
            values.retain(|value| Some(value.epoch) == newest);
            values.sort_by_key(|value| value.worker);
        }
        Ok(lists)
    }
}

/// An entry about to be read.
struct Entry<'a, 'b> {
    head: &'a Head,
    raw: &'a Bytes,
    reader: &'b mut Reader<'a>,
}

impl<'a> Entry<'a, '_> {
    fn step(&mut self) -> Result<&'a str, FormatError> {
        let index = self.reader.u32()?;
        let step = self.head.steps.get(index as usize);
        step.map(String::as_str).ok_or_else(|| self.reader.wrong(Wrong::Invalid("an entry belongs to an unknown step")))
    }

    fn bytes(&mut self) -> Result<Bytes, FormatError> {
        Ok(self.raw.slice_ref(self.reader.bytes()?))
    }

    fn position(mut self, lists: &mut Lists, manifest: &Manifest, epoch: u64) -> Result<(), FormatError> {
        let (step, at) = (self.step()?, self.reader.u8()? != 0);
        let partition = self.reader.text()?;
        let position = if at { SourcePosition::At(self.bytes()?) } else { SourcePosition::Ended };
        if !manifest.is_dropped(step, epoch) {
            lists.positions.entry(step.to_owned()).or_default().insert(partition.to_owned(), position);
        }
        Ok(())
    }

    fn prepared(mut self, lists: &mut Lists, manifest: &Manifest) -> Result<(), FormatError> {
        let step = self.step()?;
        let prepared = Prepared { epoch: self.reader.u64()?, worker: self.reader.u64()?, bytes: self.bytes()? };
        if prepared.epoch > manifest.sunk && !manifest.is_dropped(step, prepared.epoch) {
            lists.prepared.entry(step.to_owned()).or_default().push(prepared);
        }
        Ok(())
    }

    fn value(mut self, lists: &mut Lists) -> Result<(), FormatError> {
        let name = self.reader.text()?;
        let value = NamedValue { epoch: self.reader.u64()?, worker: self.reader.u64()?, bytes: self.bytes()? };
        lists.values.entry(name.to_owned()).or_default().push(value);
        Ok(())
    }
}
