//! Blocks of state: keys of one step with their state, group by group, in sections of about 64 KiB.
//!
//! A block is a list of runs. A run is a key group (2 bytes), a number of entries (4), their length in bytes (4), and the
//! entries: the key's length, the state's length plus one (zero says that the key was removed), both varints, the key, the
//! state. Groups do not go down, neither in a block nor from one block to the next.

use super::format::ObjectWriter;
use super::wire::{Put, Reader};
use crate::base::{FormatError, Wrong};
use bytes::Bytes;
use std::ops::Range;

/// The bytes of a block before compression; more only where a single entry is larger.
const BLOCK_BYTES: usize = 64 << 10;
/// Group, number of entries, length.
const RUN_BYTES: usize = 10;

/// Appends an entry.
#[inline]
pub(crate) fn put_entry(bytes: &mut Vec<u8>, key: &[u8], state: Option<&[u8]>) {
    bytes.put_varint(key.len() as u64);
    bytes.put_varint(state.map_or(0, |state| state.len() as u64 + 1));
    bytes.extend_from_slice(key);
    if let Some(state) = state {
        bytes.extend_from_slice(state);
    }
}

/// Reads an entry.
#[inline]
pub(crate) fn read_entry<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8], Option<&'a [u8]>), FormatError> {
    let (key, state) = (reader.varint()?, reader.varint()?);
    let key = reader.take(usize::try_from(key).unwrap_or(usize::MAX))?;
    let state = match state {
        0 => None,
        length => Some(reader.take(usize::try_from(length - 1).unwrap_or(usize::MAX))?),
    };
    Ok((key, state))
}

/// Cuts the entries of one step into blocks. Groups must not go down.
pub(crate) struct BlockWriter {
    step: u32,
    distinct: bool,
    raw: Vec<u8>,
    first: u16,
    entries: u32,
    /// The group of the open run, where it begins, and its entries.
    run: Option<(u16, usize, u32)>,
}

impl BlockWriter {
    /// `distinct` promises that no key comes twice.
    pub(crate) fn new(step: u32, distinct: bool) -> Self {
        BlockWriter { step, distinct, raw: Vec::new(), first: 0, entries: 0, run: None }
    }

    /// Takes an entry of a group, already encoded.
    pub(crate) fn push(&mut self, object: &mut ObjectWriter, group: u16, entry: &[u8]) {
        if !self.raw.is_empty() && self.raw.len() + entry.len() + RUN_BYTES > BLOCK_BYTES {
            self.flush(object);
        }
        if self.run.is_none_or(|(open, ..)| open != group) {
            self.close_run();
            if self.raw.is_empty() {
                self.first = group;
            }
            self.run = Some((group, self.raw.len(), 0));
            self.raw.extend_from_slice(&[0; RUN_BYTES]);
        }
        self.raw.extend_from_slice(entry);
        if let Some((_, _, count)) = &mut self.run {
            *count += 1;
        }
        self.entries += 1;
    }

    fn close_run(&mut self) {
        if let Some((group, start, count)) = self.run.take() {
            let length = (self.raw.len() - start - RUN_BYTES) as u32;
            self.raw[start..start + 2].copy_from_slice(&group.to_le_bytes());
            self.raw[start + 2..start + 6].copy_from_slice(&count.to_le_bytes());
            self.raw[start + 6..start + RUN_BYTES].copy_from_slice(&length.to_le_bytes());
        }
    }

    /// Writes the open block.
    pub(crate) fn flush(&mut self, object: &mut ObjectWriter) {
        let Some((last, ..)) = self.run else { return };
        self.close_run();
        object.state(self.step, (self.first, last), self.entries, self.distinct, &self.raw);
        self.raw.clear();
        self.entries = 0;
    }
}

/// The entries of one key group in one block.
#[derive(Clone)]
pub(crate) struct Run {
    block: Bytes,
    range: Range<usize>,
    pub(crate) group: u16,
    count: u32,
    /// No key is twice in the runs of its object.
    pub(crate) distinct: bool,
    base: u64,
}

impl Run {
    /// The runs of a block that stands at offset `base` of its object.
    pub(crate) fn all_of(block: &Bytes, distinct: bool, base: u64) -> Result<Vec<Run>, FormatError> {
        let mut reader = Reader::new(block, base);
        let mut runs: Vec<Run> = Vec::new();
        while !reader.is_empty() {
            let (group, count, length) = (reader.u16()?, reader.u32()?, reader.u32()?);
            if runs.last().is_some_and(|last| last.group >= group) {
                return Err(reader.wrong(Wrong::Invalid("key groups are out of order")));
            }
            let start = reader.at();
            reader.take(length as usize)?;
            runs.push(Run { block: block.clone(), range: start..reader.at(), group, count, distinct, base });
        }
        Ok(runs)
    }

    /// How many entries there can be: what it says itself, unless it has no room for them.
    pub(crate) fn most_entries(&self) -> usize {
        (self.count as usize).min(self.range.len() / 2)
    }

    /// Reads the entries, in the order in which they were written.
    pub(crate) fn read(&self) -> RunReader<'_> {
        let base = self.base + self.range.start as u64;
        RunReader { reader: Reader::new(&self.block[self.range.clone()], base), left: self.count }
    }
}

/// Reads the entries of a run.
pub(crate) struct RunReader<'a> {
    reader: Reader<'a>,
    left: u32,
}

impl<'a> Iterator for RunReader<'a> {
    type Item = Result<(&'a [u8], Option<&'a [u8]>), FormatError>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match (self.left, self.reader.is_empty()) {
            (0, true) => None,
            (0, false) | (_, true) => {
                // Said once: what follows is the end.
                let error = self.reader.wrong(Wrong::Invalid("a run's number of entries is wrong"));
                *self = RunReader { reader: Reader::new(&[], 0), left: 0 };
                Some(Err(error))
            }
            _ => {
                self.left -= 1;
                Some(read_entry(&mut self.reader))
            }
        }
    }
}
