//! Reading parts: heads first, then only the sections that are asked for.

use super::blocks::Run;
use super::format::{Content, HEADER_BYTES, Head, Kind, Section, read_header};
use super::manifest::PartRef;
use super::store::Store;
use crate::base::{FormatError, RecoveryError, Wrong};
use bytes::Bytes;
use std::collections::VecDeque;
use std::ops::Range;

/// What is read of a part at first: the head of nearly all of them, and the whole of many.
const FIRST_READ: u64 = 64 << 10;

/// A part whose head has been read and checked.
pub(crate) struct PartReader {
    store: Store,
    pub(crate) part: PartRef,
    pub(crate) head: Head,
    /// The object from its beginning, as far as it has been read.
    prefix: Bytes,
}

impl PartReader {
    /// Opens parts, some at a time.
    pub(crate) fn open_all(store: &Store, parts: &[PartRef]) -> Result<Vec<PartReader>, RecoveryError> {
        let wanted: Vec<_> = parts.iter().map(|part| (part.name.as_str(), 0..part.bytes.min(FIRST_READ))).collect();
        // Where one of them fails, each is asked by itself, for its own words.
        let prefixes = store.get_ranges(&wanted).ok();
        let open = |(at, part): (usize, &PartRef)| {
            let prefix = match &prefixes {
                Some(prefixes) => prefixes[at].clone(),
                None => read_range(store, part, 0..part.bytes.min(FIRST_READ))?,
            };
            PartReader::open(store, part, prefix)
        };
        parts.iter().enumerate().map(open).collect()
    }

    fn open(store: &Store, part: &PartRef, mut prefix: Bytes) -> Result<PartReader, RecoveryError> {
        let damaged = |cause| store.damaged(&part.name, cause);
        // Fewer bytes than asked for are all there are.
        let size = if (prefix.len() as u64) < part.bytes.min(FIRST_READ) { prefix.len() as u64 } else { part.bytes };
        let (_, length) = read_header(&prefix, size).map_err(damaged)?;
        if length > prefix.len() {
            prefix = read_range(store, part, 0..length as u64)?;
        }
        let head = Head::read(&prefix, size).map_err(damaged)?;
        if head.kind != Kind::Part || head.checksum != part.checksum || head.origin.epoch != part.epoch {
            return Err(damaged(Wrong::Other { what: "part" }.at(HEADER_BYTES as u64)));
        }
        Ok(PartReader { store: store.clone(), part: part.clone(), head, prefix })
    }

    /// Says that the part is damaged.
    pub(crate) fn damaged(&self, cause: FormatError) -> RecoveryError {
        self.store.damaged(&self.part.name, cause)
    }

    /// The steps of which it has state.
    pub(crate) fn steps_with_state(&self) -> impl Iterator<Item = &str> {
        let state = self.head.sections.iter().filter(|section| section.content == Content::State);
        state.map(|section| self.head.steps[section.step as usize].as_str())
    }

    /// All sections of one content, opened.
    pub(crate) fn sections(&self, content: Content) -> Result<Vec<(&Section, Bytes)>, RecoveryError> {
        let sections = self.head.sections.iter().filter(|section| section.content == content);
        let open = |section: &Section| {
            section.open(&self.stored(section.offset..section.end())?).map_err(|cause| self.damaged(cause))
        };
        sections.map(|section| Ok((section, open(section)?))).collect()
    }

    /// Checks the checksums of everything in it.
    pub(crate) fn check(&self) -> Result<(), RecoveryError> {
        const AT_ONCE: u64 = 8 << 20;
        let mut sections = &self.head.sections[..];
        while let [first, ..] = sections {
            let many = sections.iter().take_while(|section| section.end() - first.offset <= AT_ONCE).count().max(1);
            let (now, later) = sections.split_at(many);
            let read = self.stored(first.offset..now[many - 1].end())?;
            for section in now {
                self.slice(&read, first.offset, section)
                    .and_then(|stored| section.check(&stored))
                    .map_err(|cause| self.damaged(cause))?;
            }
            sections = later;
        }
        Ok(())
    }

    /// The stored bytes of a section, from bytes that were read from offset `from` on.
    fn slice(&self, read: &Bytes, from: u64, section: &Section) -> Result<Bytes, FormatError> {
        let range = (section.offset - from) as usize..(section.end() - from) as usize;
        if range.end > read.len() {
            let has = from + read.len() as u64;
            return Err(Wrong::Truncated { needs: self.part.bytes, has }.at(has));
        }
        Ok(read.slice(range))
    }

    /// Bytes of the object.
    fn stored(&self, range: Range<u64>) -> Result<Bytes, RecoveryError> {
        if range.end <= self.prefix.len() as u64 {
            return Ok(self.prefix.slice(range.start as usize..range.end as usize));
        }
        read_range(&self.store, &self.part, range)
    }

    /// The state of `step` in `groups`. About `budget` bytes are read at a time.
    pub(crate) fn state(&self, step: &str, groups: &Range<u16>, budget: u64) -> StateCursor<'_> {
        let wanted = |section: &&Section| {
            section.content == Content::State
                && self.head.steps[section.step as usize] == step
                && section.groups.0 < groups.end
                && section.groups.1 >= groups.start
        };
        StateCursor {
            part: self,
            sections: self.head.sections.iter().filter(wanted).collect(),
            fetched: VecDeque::new(),
            runs: VecDeque::new(),
            groups: groups.clone(),
            budget,
            last: 0,
        }
    }
}

/// Reads some bytes of a part, and tells a part that is too short from a store that cannot be read.
fn read_range(store: &Store, part: &PartRef, range: Range<u64>) -> Result<Bytes, RecoveryError> {
    store.get_range(&part.name, range).map_err(|error| match (&error, store.size(&part.name)) {
        (RecoveryError::Io { .. }, Ok(Some(0))) => store.damaged(&part.name, Wrong::Empty.at(0)),
        (RecoveryError::Io { .. }, Ok(Some(has))) if has < part.bytes => {
            store.damaged(&part.name, Wrong::Truncated { needs: part.bytes, has }.at(has))
        }
        _ => error,
    })
}

/// Goes through the state of one step in one part, group by group.
pub(crate) struct StateCursor<'a> {
    pub(crate) part: &'a PartReader,
    sections: VecDeque<&'a Section>,
    /// Sections as they are stored, read ahead.
    fetched: VecDeque<(&'a Section, Bytes)>,
    /// The runs of the open section that are left.
    runs: VecDeque<Run>,
    groups: Range<u16>,
    budget: u64,
    /// The group that was seen last.
    last: u16,
}

impl StateCursor<'_> {
    /// The next group there is.
    pub(crate) fn group(&mut self) -> Result<Option<u16>, RecoveryError> {
        loop {
            match self.runs.front().map(|run| run.group) {
                Some(group) if group >= self.groups.end => return Ok(None),
                Some(group) if group >= self.groups.start => return Ok(Some(group)),
                Some(_) => drop(self.runs.pop_front()),
                None if self.next_section()? => {}
                None => return Ok(None),
            }
        }
    }

    /// Takes the runs of `group`, the last one first.
    pub(crate) fn take(&mut self, group: u16, mut into: impl FnMut(Run)) -> Result<(), RecoveryError> {
        let mut runs = Vec::new();
        while self.group()? == Some(group) {
            runs.extend(self.runs.pop_front());
        }
        runs.into_iter().rev().for_each(&mut into);
        Ok(())
    }

    fn next_section(&mut self) -> Result<bool, RecoveryError> {
        if self.fetched.is_empty() {
            self.fetch()?;
        }
        let Some((section, stored)) = self.fetched.pop_front() else { return Ok(false) };
        let open = || {
            let block = section.open(&stored)?;
            Run::all_of(&block, section.distinct, section.offset)
        };
        let runs = open().map_err(|cause| self.part.damaged(cause))?;
        if runs.first().is_some_and(|run| run.group < self.last) {
            return Err(self.part.damaged(Wrong::Invalid("key groups are out of order").at(section.offset)));
        }
        self.last = runs.last().map_or(self.last, |run| run.group);
        self.runs = runs.into();
        Ok(true)
    }

    /// Reads the next sections, those that lie behind each other in one go.
    fn fetch(&mut self) -> Result<(), RecoveryError> {
        let Some(first) = self.sections.front().copied() else { return Ok(()) };
        let mut now = Vec::new();
        let mut end = first.offset;
        while let Some(section) = self.sections.front().copied() {
            let fits = now.is_empty() || section.end() - first.offset <= self.budget;
            if section.offset != end || !fits {
                break;
            }
            end = section.end();
            now.extend(self.sections.pop_front());
        }
        let read = self.part.stored(first.offset..end)?;
        for section in now {
            let stored = self.part.slice(&read, first.offset, section).map_err(|cause| self.part.damaged(cause))?;
            self.fetched.push_back((section, stored));
        }
        Ok(())
    }
}
