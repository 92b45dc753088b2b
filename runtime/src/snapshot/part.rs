//! Parts: what one worker has to say of one epoch. [`PartBuilder`] gathers it, [`PartBuilder::finish`] encodes it.

use super::blocks::{BlockWriter, put_entry, read_entry};
use super::format::{Content, Kind, Object, ObjectWriter, Origin};
use super::manifest::PartRef;
use super::store::{PARTS, Store};
use super::wire::{Put, Reader};
use crate::base::RecoveryError;
use crate::base::data::KEY_GROUPS;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

/// The most bytes of one key with its state, of a position, or of one list of prepared output.
const LIMIT: u64 = 1 << 30;
/// A list is cut into sections of about this size.
const LIST_BYTES: usize = 1 << 20;
/// Entries are gathered in pieces of this size: a vector that has to grow to a hundred megabytes stands still for it.
const CHUNK: usize = 1 << 20;
/// The most bytes that an entry has beside its key and its state: key group and lengths.
const HEAD: usize = 22;

/// An execution, as all of its workers need to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExecutionId {
    /// The number of the manifest with which it took over.
    pub generation: u64,
    /// Its id.
    pub execution: u64,
}

/// Gathers what one worker has to say of one epoch.
///
/// It costs a copy of the bytes and two bytes an entry: sorting, compressing and writing come with
/// [`finish`](PartBuilder::finish) and [`EncodedPart::write`], on a thread that nobody waits for.
#[derive(Debug)]
pub struct PartBuilder {
    id: ExecutionId,
    epoch: u64,
    worker: u64,
    steps: Vec<StepBuffer>,
    /// The step spoken of last: the next call is most often of the same one.
    last: usize,
    positions: ListBuffer,
    prepared: ListBuffer,
    values: ListBuffer,
    too_large: Option<RecoveryError>,
}

/// The entries of one step in the order in which they came, each behind its key group (2 bytes).
#[derive(Debug)]
struct StepBuffer {
    id: String,
    full: Vec<Vec<u8>>,
    open: Vec<u8>,
}

/// A list of entries, cut into sections.
#[derive(Debug, Default)]
pub(crate) struct ListBuffer {
    full: Vec<(u32, Vec<u8>)>,
    open: Vec<u8>,
    entries: u32,
}

impl ListBuffer {
    /// Where the next entry is written.
    pub(crate) fn entry(&mut self) -> &mut Vec<u8> {
        if self.open.len() >= LIST_BYTES {
            self.full.push((self.entries, std::mem::take(&mut self.open)));
            self.entries = 0;
        }
        self.entries += 1;
        &mut self.open
    }

    pub(crate) fn write(self, object: &mut ObjectWriter, content: Content) {
        for (entries, raw) in &self.full {
            object.other(content, *entries, raw);
        }
        object.other(content, self.entries, &self.open);
    }
}

impl PartBuilder {
    /// The part of `worker` and `epoch`.
    #[must_use]
    pub fn new(id: ExecutionId, epoch: u64, worker: u64) -> Self {
        PartBuilder {
            id,
            epoch,
            worker,
            steps: Vec::new(),
            last: 0,
            positions: ListBuffer::default(),
            prepared: ListBuffer::default(),
            values: ListBuffer::default(),
            too_large: None,
        }
    }

    /// The state of a key after the epoch; `None` where it has none any more. `key_group` is that of the key's hash.
    ///
    /// Where a key comes twice, the later call counts.
    #[inline]
    pub fn state(&mut self, step: &str, key_group: u16, key: &[u8], state: Option<&[u8]>) {
        debug_assert!(u64::from(key_group) < KEY_GROUPS);
        let size = key.len() as u64 + state.map_or(0, <[u8]>::len) as u64;
        if size > LIMIT {
            return self.refuse(step, size);
        }
        let step = self.step(step);
        let bytes = self.steps[step].room(size as usize + HEAD);
        bytes.put_u16(key_group);
        put_entry(bytes, key, state);
    }

    /// Where a source stands in a partition.
    pub fn position(&mut self, step: &str, partition: &str, position: &[u8]) {
        self.put_position(step, partition, Some(position));
    }

    /// A partition has been read to its end.
    pub fn ended(&mut self, step: &str, partition: &str) {
        self.put_position(step, partition, None);
    }

    fn put_position(&mut self, step: &str, partition: &str, position: Option<&[u8]>) {
        let size = (partition.len() + position.map_or(0, <[u8]>::len)) as u64;
        if size > LIMIT {
            return self.refuse(step, size);
        }
        let step = self.step(step);
        put_position(self.positions.entry(), step as u32, partition, position);
    }

    /// What a sink has prepared, which its commit needs.
    pub fn prepared(&mut self, step: &str, prepared: &[u8]) {
        if prepared.len() as u64 > LIMIT {
            return self.refuse(step, prepared.len() as u64);
        }
        let step = self.step(step);
        put_prepared(self.prepared.entry(), step as u32, self.epoch, self.worker, prepared);
    }

    /// A small named value of this worker.
    pub fn value(&mut self, name: &str, value: &[u8]) {
        if value.len() as u64 > LIMIT {
            return self.refuse(name, value.len() as u64);
        }
        put_value(self.values.entry(), name, self.epoch, self.worker, value);
    }

    #[cold]
    fn refuse(&mut self, step: &str, bytes: u64) {
        self.too_large = Some(RecoveryError::TooLarge { step: step.to_owned(), bytes, limit: LIMIT });
    }

    #[inline]
    fn step(&mut self, id: &str) -> usize {
        match self.steps.get(self.last) {
            Some(last) if last.id == id => self.last,
            _ => self.other_step(id),
        }
    }

    fn other_step(&mut self, id: &str) -> usize {
        self.last = self.steps.iter().position(|step| step.id == id).unwrap_or_else(|| {
            self.steps.push(StepBuffer { id: id.to_owned(), full: Vec::new(), open: Vec::new() });
            self.steps.len() - 1
        });
        self.last
    }

    /// Encodes and compresses the part.
    ///
    /// # Errors
    /// [`RecoveryError::TooLarge`] where something in it was.
    pub fn finish(self) -> Result<EncodedPart, RecoveryError> {
        if let Some(error) = self.too_large {
            return Err(error);
        }
        let origin = Origin {
            generation: self.id.generation,
            execution: self.id.execution,
            epoch: self.epoch,
            number: self.worker,
        };
        let mut object = ObjectWriter::new(Kind::Part, origin);
        let mut steps = Vec::with_capacity(self.steps.len());
        for (index, step) in self.steps.into_iter().enumerate() {
            steps.push(step.write(index as u32, &mut object));
        }
        self.positions.write(&mut object, Content::Positions);
        self.prepared.write(&mut object, Content::Prepared);
        self.values.write(&mut object, Content::Values);
        let object = object.finish(steps.iter().map(String::as_str));
        let name = format!("{PARTS}/{:012}-{:012}-w{:06}", self.id.generation, self.epoch, self.worker);
        Ok(EncodedPart::new(object, name, self.epoch, self.worker, false))
    }
}

impl StepBuffer {
    /// Where the next entry goes, which has at most so many bytes.
    #[inline]
    fn room(&mut self, bytes: usize) -> &mut Vec<u8> {
        if self.open.len() + bytes > CHUNK && !self.open.is_empty() {
            self.full.push(std::mem::replace(&mut self.open, Vec::with_capacity(CHUNK)));
        }
        &mut self.open
    }

    /// Writes the entries by key group, frees them, and gives the step's id back.
    fn write(mut self, index: u32, object: &mut ObjectWriter) -> String {
        self.full.push(self.open);
        let (sorted, ends) = sort(&self.full);
        drop(self.full);
        let mut blocks = BlockWriter::new(index, false);
        let mut start = 0;
        for (group, end) in ends.into_iter().enumerate() {
            for entry in Entries(&sorted[start..end]) {
                blocks.push(object, group as u16, entry);
            }
            start = end;
        }
        blocks.flush(object);
        self.id
    }
}

/// The entries of each group together, first come first, and where each group ends. It goes through memory in streams: with
/// many keys, looking each entry up in its place would be slower than all the rest.
fn sort(chunks: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let groups = || chunks.iter().flat_map(|chunk| Groups(chunk));
    let mut ends = vec![0; KEY_GROUPS as usize];
    groups().for_each(|(group, entry)| ends[group] += entry.len());
    let mut all = 0;
    for end in &mut ends {
        // For now where the group begins; it moves on with each of its entries.
        all += std::mem::replace(end, all);
    }
    let mut sorted = vec![0; all];
    for (group, entry) in groups() {
        let start = ends[group];
        ends[group] += entry.len();
        sorted[start..ends[group]].copy_from_slice(entry);
    }
    (sorted, ends)
}

/// The entries that were put in a moment ago, one behind the other.
struct Entries<'a>(&'a [u8]);

impl<'a> Iterator for Entries<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let mut reader = Reader::new(self.0, 0);
        read_entry(&mut reader).ok()?;
        let (entry, rest) = self.0.split_at(reader.at());
        self.0 = rest;
        Some(entry)
    }
}

/// The same, each behind its key group.
struct Groups<'a>(&'a [u8]);

impl<'a> Iterator for Groups<'a> {
    type Item = (usize, &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<(usize, &'a [u8])> {
        let (group, rest) = self.0.split_first_chunk()?;
        let mut entries = Entries(rest);
        let entry = entries.next()?;
        self.0 = entries.0;
        Some((u16::from_le_bytes(*group).into(), entry))
    }
}

/// A part as it will be stored.
pub struct EncodedPart {
    object: Object,
    reference: PartRef,
}

impl EncodedPart {
    pub(crate) fn new(object: Object, name: String, epoch: u64, worker: u64, full: bool) -> Self {
        let (bytes, checksum) = (object.len(), object.checksum);
        EncodedPart { object, reference: PartRef { name, epoch, worker, bytes, checksum, full } }
    }

    /// Its size in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.reference.bytes
    }

    /// Writes it. It is durable after this, and part of the state once a manifest refers to it.
    ///
    /// # Errors
    /// Where the store cannot be written to.
    pub fn write(self, store: &Store) -> Result<PartRef, RecoveryError> {
        store.put(&self.reference.name, &[Bytes::from(self.object.head), Bytes::from(self.object.body)])?;
        Ok(self.reference)
    }
}

/// Appends where a source stands: step, 1 and the partition and the position, or 0 and the partition that has ended.
pub(crate) fn put_position(bytes: &mut Vec<u8>, step: u32, partition: &str, position: Option<&[u8]>) {
    bytes.put_u32(step);
    bytes.push(u8::from(position.is_some()));
    bytes.put_bytes(partition.as_bytes());
    if let Some(position) = position {
        bytes.put_bytes(position);
    }
}

/// Appends prepared output: step, epoch, worker, bytes.
pub(crate) fn put_prepared(bytes: &mut Vec<u8>, step: u32, epoch: u64, worker: u64, prepared: &[u8]) {
    bytes.put_u32(step);
    bytes.put_u64(epoch);
    bytes.put_u64(worker);
    bytes.put_bytes(prepared);
}

/// Appends a named value: name, epoch, worker, bytes.
pub(crate) fn put_value(bytes: &mut Vec<u8>, name: &str, epoch: u64, worker: u64, value: &[u8]) {
    bytes.put_bytes(name.as_bytes());
    bytes.put_u64(epoch);
    bytes.put_u64(worker);
    bytes.put_bytes(value);
}
