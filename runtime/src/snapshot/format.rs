//! The frame of every object in a recovery store: header, directory, sections, each under a checksum.
//!
//! `docs/snapshot-format.md` has it byte by byte. The head (header and directory) holds the checksum of every section, so
//! that whoever knows the checksum of the head knows the whole object, and can still read a section alone.

use super::wire::{Put, Reader};
use crate::base::{FormatError, Wrong};
use bytes::Bytes;

/// What every object begins with. No text file does, and a transfer that mends line ends breaks it.
pub(crate) const MAGIC: [u8; 8] = *b"\x89FLST\r\n\x1a";
/// The version of the format in which objects are written; this one and all before it are read.
pub const FORMAT_VERSION: u16 = 1;
/// The bytes of a header.
pub(crate) const HEADER_BYTES: usize = 32;
/// The bytes of a section in the directory.
const SECTION_BYTES: u64 = 28;
/// LZ4 cannot make more than this many bytes of one.
const LZ4_MOST: u64 = 255;

/// What an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Part = 1,
    Manifest = 2,
    /// The number of the manifest that was committed last.
    Head = 3,
}

/// What a section holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Keys of one step with their state, by key group.
    State = 1,
    /// Positions of sources.
    Positions = 2,
    /// What sinks need for their commit.
    Prepared = 3,
    /// Small named values.
    Values = 4,
    /// A manifest.
    Manifest = 16,
}

impl Content {
    fn of(byte: u8) -> Option<Content> {
        use Content::{Manifest, Positions, Prepared, State, Values};
        [State, Positions, Prepared, Values, Manifest].into_iter().find(|content| *content as u8 == byte)
    }
}

/// Who wrote an object, and when: it must be what its name and the manifest say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The number of the manifest with which the execution took over.
    pub(crate) generation: u64,
    /// The execution's id.
    pub(crate) execution: u64,
    /// The epoch it is of, or the last one that it sums up.
    pub(crate) epoch: u64,
    /// The worker; of a manifest its number.
    pub(crate) number: u64,
}

/// A section, as the directory describes it.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) content: Content,
    compressed: bool,
    /// No key is twice in this object's state.
    pub(crate) distinct: bool,
    /// Of state: the step, as an index into [`Head::steps`].
    pub(crate) step: u32,
    /// Of state: the first and the last key group in it.
    pub(crate) groups: (u16, u16),
    /// How many entries it has.
    pub(crate) entries: u32,
    pub(crate) stored: u32,
    raw: u32,
    checksum: u32,
    /// Where it begins in the object.
    pub(crate) offset: u64,
}

/// Puts an object together, section by section.
pub(crate) struct ObjectWriter {
    kind: Kind,
    origin: Origin,
    sections: Vec<Section>,
    body: Vec<u8>,
}

/// An object ready to be written: the head, and what comes behind it.
pub(crate) struct Object {
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
    /// The checksum of the head.
    pub(crate) checksum: u32,
}

impl Object {
    pub(crate) fn len(&self) -> u64 {
        (self.head.len() + self.body.len()) as u64
    }
}

impl ObjectWriter {
    pub(crate) fn new(kind: Kind, origin: Origin) -> Self {
        ObjectWriter { kind, origin, sections: Vec::new(), body: Vec::new() }
    }

    /// The bytes of all sections so far.
    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// A section of state: blocks of one step must come in the order of their key groups.
    pub(crate) fn state(&mut self, step: u32, groups: (u16, u16), entries: u32, distinct: bool, raw: &[u8]) {
        let section = self.section(Content::State, entries, raw, true);
        section.step = step;
        section.groups = groups;
        section.distinct = distinct;
    }

    /// Any other section. Nothing is written where there is nothing in it. `raw` is below 4 GiB.
    pub(crate) fn other(&mut self, content: Content, entries: u32, raw: &[u8]) {
        if !raw.is_empty() {
            self.section(content, entries, raw, content != Content::Manifest);
        }
    }

    fn section(&mut self, content: Content, entries: u32, raw: &[u8], compress: bool) -> &mut Section {
        let start = self.body.len();
        let compressed = compress && self.compress(raw);
        if !compressed {
            self.body.extend_from_slice(raw);
        }
        let stored = &self.body[start..];
        self.sections.push(Section {
            content,
            compressed,
            distinct: false,
            step: 0,
            groups: (0, 0),
            entries,
            stored: stored.len() as u32,
            raw: raw.len() as u32,
            checksum: crc32fast::hash(stored),
            offset: 0,
        });
        let last = self.sections.len() - 1;
        &mut self.sections[last]
    }

    /// Appends `raw` compressed, if that makes it smaller.
    fn compress(&mut self, raw: &[u8]) -> bool {
        let start = self.body.len();
        self.body.resize(start + lz4_flex::block::get_maximum_output_size(raw.len()), 0);
        let smaller = match lz4_flex::block::compress_into(raw, &mut self.body[start..]) {
            Ok(length) if length < raw.len() => length,
            _ => 0,
        };
        self.body.truncate(start + smaller);
        smaller > 0
    }

    /// The finished object. `steps` are those that sections speak of.
    pub(crate) fn finish<'a>(self, steps: impl ExactSizeIterator<Item = &'a str>) -> Object {
        let mut directory = Vec::with_capacity(64 + self.sections.len() * SECTION_BYTES as usize);
        directory.put_u64(self.origin.generation);
        directory.put_u64(self.origin.execution);
        directory.put_u64(self.origin.epoch);
        directory.put_u64(self.origin.number);
        directory.put_u32(steps.len() as u32);
        for step in steps {
            directory.put_bytes(step.as_bytes());
        }
        directory.put_u32(self.sections.len() as u32);
        for section in &self.sections {
            directory.push(section.content as u8);
            directory.push(u8::from(section.compressed));
            directory.put_u16(u16::from(section.distinct));
            directory.put_u32(section.step);
            directory.put_u16(section.groups.0);
            directory.put_u16(section.groups.1);
            directory.put_u32(section.entries);
            directory.put_u32(section.stored);
            directory.put_u32(section.raw);
            directory.put_u32(section.checksum);
        }
        let mut head = Vec::with_capacity(HEADER_BYTES + directory.len());
        head.extend_from_slice(&MAGIC);
        head.put_u16(FORMAT_VERSION);
        head.push(self.kind as u8);
        head.push(0);
        head.put_u32(directory.len() as u32);
        head.put_u64((HEADER_BYTES + directory.len() + self.body.len()) as u64);
        head.put_u32(crc32fast::hash(&directory));
        head.put_u32(crc32fast::hash(&head));
        head.extend_from_slice(&directory);
        let checksum = crc32fast::hash(&head);
        Object { head, body: self.body, checksum }
    }
}

/// Header and directory of an object, read and checked.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
    pub(crate) steps: Vec<String>,
    pub(crate) sections: Vec<Section>,
    /// The checksum over header and directory.
    pub(crate) checksum: u32,
}

/// Reads a header: what the object is, and the bytes of its head. `size` is that of the whole object.
pub(crate) fn read_header(bytes: &[u8], size: u64) -> Result<(Kind, usize), FormatError> {
    if bytes.is_empty() {
        return Err(Wrong::Empty.at(0));
    }
    let known = bytes.len().min(MAGIC.len());
    if bytes[..known] != MAGIC[..known] {
        return Err(Wrong::Foreign.at(0));
    }
    let Some(header) = bytes.get(..HEADER_BYTES) else {
        return Err(Wrong::Truncated { needs: HEADER_BYTES as u64, has: bytes.len() as u64 }.at(bytes.len() as u64));
    };
    let mut reader = Reader::new(header, 0);
    reader.take(MAGIC.len())?;
    let version = reader.u16()?;
    // The checksum comes first: a version that is none of ours may have another header, and a damaged one is damaged.
    let checksum = u32::from_le_bytes([header[28], header[29], header[30], header[31]]);
    if crc32fast::hash(&header[..HEADER_BYTES - 4]) != checksum {
        return Err(Wrong::Checksum { of: "header" }.at(0));
    }
    if version != FORMAT_VERSION {
        return Err(Wrong::Version { found: version, newest: FORMAT_VERSION }.at(MAGIC.len() as u64));
    }
    let kind = match reader.u8()? {
        1 => Kind::Part,
        2 => Kind::Manifest,
        3 => Kind::Head,
        _ => return Err(reader.wrong(Wrong::Invalid("its kind is unknown"))),
    };
    reader.u8()?;
    let directory = reader.u32()?;
    let needs = reader.u64()?;
    if size < needs {
        return Err(Wrong::Truncated { needs, has: size }.at(size));
    }
    if size > needs {
        return Err(Wrong::Trailing { needs, has: size }.at(needs));
    }
    let head = HEADER_BYTES as u64 + u64::from(directory);
    if head > needs {
        return Err(reader.wrong(Wrong::Invalid("its directory is longer than the object")));
    }
    Ok((kind, head as usize))
}

impl Head {
    /// Reads the head of an object. `bytes` are those of the whole head at least, `size` is that of the whole object.
    pub(crate) fn read(bytes: &[u8], size: u64) -> Result<Head, FormatError> {
        let (kind, length) = read_header(bytes, size)?;
        let Some(head) = bytes.get(..length) else {
            return Err(Wrong::Truncated { needs: length as u64, has: bytes.len() as u64 }.at(bytes.len() as u64));
        };
        let directory = &head[HEADER_BYTES..];
        let expected = u32::from_le_bytes([head[24], head[25], head[26], head[27]]);
        if crc32fast::hash(directory) != expected {
            return Err(Wrong::Checksum { of: "directory" }.at(HEADER_BYTES as u64));
        }
        let mut reader = Reader::new(directory, HEADER_BYTES as u64);
        let origin =
            Origin { generation: reader.u64()?, execution: reader.u64()?, epoch: reader.u64()?, number: reader.u64()? };
        // Vectors grow as entries are read: no length is believed before its bytes have been seen.
        let mut steps = Vec::new();
        for _ in 0..reader.u32()? {
            steps.push(reader.text()?.to_owned());
        }
        let mut sections = Vec::new();
        let mut offset = length as u64;
        for _ in 0..reader.u32()? {
            let section = Section::read(&mut reader, steps.len(), offset)?;
            offset += u64::from(section.stored);
            sections.push(section);
        }
        if !reader.is_empty() {
            return Err(reader.wrong(Wrong::Invalid("its directory has trailing bytes")));
        }
        if offset != size {
            return Err(Wrong::Invalid("its sections do not add up to its length").at(offset.min(size)));
        }
        Ok(Head { kind, origin, steps, sections, checksum: crc32fast::hash(head) })
    }
}

impl Section {
    fn read(reader: &mut Reader<'_>, steps: usize, offset: u64) -> Result<Section, FormatError> {
        let content = Content::of(reader.u8()?);
        let (compressed, flags) = (reader.u8()?, reader.u16()?);
        let Some(content) = content.filter(|_| compressed <= 1 && flags <= 1) else {
            return Err(reader.wrong(Wrong::Invalid("a section has an unknown kind")));
        };
        let section = Section {
            content,
            compressed: compressed == 1,
            distinct: flags == 1,
            step: reader.u32()?,
            groups: (reader.u16()?, reader.u16()?),
            entries: reader.u32()?,
            stored: reader.u32()?,
            raw: reader.u32()?,
            checksum: reader.u32()?,
            offset,
        };
        if content == Content::State && section.step as usize >= steps {
            return Err(reader.wrong(Wrong::Invalid("a section belongs to an unknown step")));
        }
        // What is allocated for a section is bounded by what it takes in the object.
        let most = if section.compressed { u64::from(section.stored) * LZ4_MOST } else { u64::from(section.stored) };
        if u64::from(section.raw) > most || (!section.compressed && section.raw != section.stored) {
            return Err(reader.wrong(Wrong::Invalid("a section claims more bytes than it can have")));
        }
        Ok(section)
    }

    /// Where the section ends in the object.
    pub(crate) fn end(&self) -> u64 {
        self.offset + u64::from(self.stored)
    }

    /// Checks the bytes as they are stored.
    pub(crate) fn check(&self, stored: &[u8]) -> Result<(), FormatError> {
        if stored.len() != self.stored as usize {
            let (needs, has) = (u64::from(self.stored), stored.len() as u64);
            return Err(Wrong::Truncated { needs, has }.at(self.offset + has));
        }
        if crc32fast::hash(stored) != self.checksum {
            return Err(Wrong::Checksum { of: "section" }.at(self.offset));
        }
        Ok(())
    }

    /// The content, from the bytes as they are stored.
    pub(crate) fn open(&self, stored: &Bytes) -> Result<Bytes, FormatError> {
        self.check(stored)?;
        if !self.compressed {
            return Ok(stored.clone());
        }
        let mut raw = vec![0; self.raw as usize];
        match lz4_flex::block::decompress_into(stored, &mut raw) {
            Ok(length) if length == raw.len() => Ok(Bytes::from(raw)),
            _ => Err(Wrong::Invalid("a section cannot be decompressed").at(self.offset)),
        }
    }
}
