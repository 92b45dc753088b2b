//! The [`Manifest`]: what one commit says, and how the newest one is found.

use super::format::{Content, Head, Kind, ObjectWriter, Origin};
use super::store::{MANIFESTS, Store};
use crate::base::{FormatError, RecoveryError, Wrong};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was committed: the state after an epoch, as a list of the parts that it consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// The flow's name.
    pub flow: String,
    /// The store's id, which the first execution gave it; 0 in stores that were written before stores had one.
    #[serde(default)]
    pub store: u64,
    /// The manifest's number, without gaps: the next commit is the one that puts the next number.
    pub sequence: u64,
    /// The epoch up to which everything is in the state; a take-over counts as an epoch.
    pub epoch: u64,
    /// The number of the manifest with which this execution took over.
    pub generation: u64,
    /// The execution's id.
    pub execution: u64,
    /// Its number of workers.
    pub workers: u64,
    /// The steps whose state may be in the parts, also of those that the flow no longer has.
    pub steps: Vec<StepInfo>,
    /// The parts, oldest first.
    pub parts: Vec<PartRef>,
    /// The epoch up to which sinks have committed: what was prepared after it may be out or not.
    pub sunk: u64,
    /// True where exactly-once sinks have put something out since the state of the manifest `fallback`.
    pub exactly_once: bool,
    /// The number of the manifest with the state before this one, which is kept as well.
    pub fallback: Option<u64>,
    /// Small named values of the flow.
    pub values: BTreeMap<String, Vec<u8>>,
    /// Steps whose state was dropped, each with the epoch up to which it counts no more.
    pub dropped: BTreeMap<String, u64>,
}

/// A step, as the execution knew it that wrote the manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInfo {
    /// The id, by which state is found again.
    pub id: String,
    /// The step's word.
    pub word: String,
    /// What its state looks like, as text to be compared and shown.
    pub fingerprint: String,
}

/// A part that a manifest consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRef {
    /// The object's name in the store.
    pub name: String,
    /// The epoch it is of, or the last one that it sums up.
    pub epoch: u64,
    /// The worker that wrote it; of a merged part its place among those that were cut together.
    pub worker: u64,
    /// Its size.
    pub bytes: u64,
    /// The checksum of its head, which holds the checksums of everything else.
    pub checksum: u32,
    /// True where it sums up everything from the beginning, so that nothing older is needed.
    pub full: bool,
}

impl Manifest {
    /// This one's execution, with the state that `other` has.
    pub(crate) fn with_state_of(&self, other: &Manifest) -> Manifest {
        let Manifest { store, generation, execution, workers, .. } = *self;
        Manifest { store, generation, execution, workers, ..other.clone() }
    }

    /// The manifest of a store in which there is nothing.
    pub(crate) fn genesis(flow: &str, execution: u64) -> Manifest {
        Manifest {
            flow: flow.to_owned(),
            store: execution,
            sequence: 0,
            epoch: 0,
            generation: 0,
            execution,
            workers: 0,
            steps: Vec::new(),
            parts: Vec::new(),
            sunk: 0,
            exactly_once: false,
            fallback: None,
            values: BTreeMap::new(),
            dropped: BTreeMap::new(),
        }
    }

    /// True where an entry of `step` in a part of `epoch` was dropped.
    pub(crate) fn is_dropped(&self, step: &str, epoch: u64) -> bool {
        self.dropped.get(step).is_some_and(|until| epoch <= *until)
    }

    /// The object's name of a manifest's number.
    pub(crate) fn name(sequence: u64) -> String {
        format!("{MANIFESTS}/{sequence:020}")
    }

    /// The number of a manifest, from its object's name.
    fn sequence_of(name: &str) -> Option<u64> {
        let digits = name.strip_prefix(MANIFESTS)?.strip_prefix('/')?;
        (digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
    }

    /// The numbers of all manifests in the store, in order.
    pub(crate) fn list(store: &Store) -> Result<Vec<u64>, RecoveryError> {
        let mut sequences: Vec<u64> =
            store.list(MANIFESTS)?.keys().filter_map(|name| Manifest::sequence_of(name)).collect();
        sequences.sort_unstable();
        Ok(sequences)
    }

    /// The newest manifest and its bytes; `None` where nobody has taken the store yet.
    pub(crate) fn newest(store: &Store) -> Result<Option<(Manifest, Bytes)>, RecoveryError> {
        // One that is gone when it is looked at was removed because there is a newer one.
        loop {
            let Some(&newest) = Manifest::list(store)?.last().filter(|newest| **newest > 0) else { return Ok(None) };
            if let Some(found) = Manifest::read(store, newest)? {
                return Ok(Some(found));
            }
        }
    }

    /// The manifest of a number and its bytes, if it is there.
    pub(crate) fn read(store: &Store, sequence: u64) -> Result<Option<(Manifest, Bytes)>, RecoveryError> {
        let name = Manifest::name(sequence);
        let Some(bytes) = store.get(&name)? else { return Ok(None) };
        match Manifest::decode(&bytes, sequence) {
            Ok(manifest) => Ok(Some((manifest, bytes))),
            Err(cause) => Err(store.damaged(&name, cause)),
        }
    }

    /// Who wrote it, as the frame of an object says it.
    pub(crate) fn origin(&self) -> Origin {
        Origin { generation: self.generation, execution: self.execution, epoch: self.epoch, number: self.sequence }
    }

    /// The object: JSON, so that it can be read by eye, in the frame of all our objects.
    pub(crate) fn encode(&self) -> Bytes {
        let json = serde_json::to_vec(self).expect("names and numbers can be written as JSON");
        let mut writer = ObjectWriter::new(Kind::Manifest, self.origin());
        writer.other(Content::Manifest, 1, &json);
        let object = writer.finish(std::iter::empty());
        let mut bytes = object.head;
        bytes.extend_from_slice(&object.body);
        Bytes::from(bytes)
    }

    /// Reads an object that must be the manifest of `sequence`.
    pub(crate) fn decode(bytes: &Bytes, sequence: u64) -> Result<Manifest, FormatError> {
        let head = Head::read(bytes, bytes.len() as u64)?;
        if head.kind != Kind::Manifest {
            return Err(Wrong::Other { what: "kind of object" }.at(10));
        }
        let [section] = &head.sections[..] else {
            return Err(Wrong::Invalid("a manifest has one section").at(32));
        };
        let json = section.open(&bytes.slice(section.offset as usize..section.end() as usize))?;
        let manifest: Manifest = serde_json::from_slice(&json)
            .map_err(|_| Wrong::Invalid("its content is not that of a manifest").at(section.offset))?;
        if manifest.sequence != sequence || head.origin.number != sequence {
            return Err(Wrong::Other { what: "manifest" }.at(32));
        }
        Ok(manifest)
    }
}

impl Store {
    /// The newest manifest: what was committed last. `None` where nothing ever was.
    ///
    /// # Errors
    /// Where the store cannot be read, or the manifest is damaged.
    pub fn newest(&self) -> Result<Option<Manifest>, RecoveryError> {
        Ok(Manifest::newest(self)?.map(|(manifest, _)| manifest))
    }
}
