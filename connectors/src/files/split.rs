//! Cuts what is read into lines: [`Splitter`].

use super::block::{Block, BlockSlice};
use super::line::{ByteLine, Line};
use flowstone_runtime::error::Fault;
use std::io::{self, ErrorKind, Read};
use std::marker::PhantomData;

mod sealed {
    pub trait Sealed {}
}

/// What a source of lines yields: [`Line`] or [`ByteLine`].
pub trait LineKind: sealed::Sealed + Sized + Send + 'static {
    /// True where the bytes must be UTF-8.
    #[doc(hidden)]
    const TEXT: bool;

    /// Makes a line of bytes that are UTF-8 where `TEXT` says so.
    ///
    /// # Safety
    /// The bytes are UTF-8 where `TEXT` is true.
    #[doc(hidden)]
    unsafe fn make(part: Part) -> Self;
}

/// A part of a block, which a [`LineKind`] makes a line of.
#[doc(hidden)]
pub struct Part(BlockSlice);

impl sealed::Sealed for Line {}

impl LineKind for Line {
    const TEXT: bool = true;

    #[inline(always)]
    unsafe fn make(part: Part) -> Self {
        // SAFETY: the caller has checked the bytes.
        unsafe { Line::of_utf8(part.0) }
    }
}

impl sealed::Sealed for ByteLine {}

impl LineKind for ByteLine {
    const TEXT: bool = false;

    #[inline(always)]
    unsafe fn make(part: Part) -> Self {
        ByteLine::of(part.0)
    }
}

/// How lines are cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    /// How many bytes are read at once.
    pub(crate) block: usize,
    /// The longest line there may be.
    pub(crate) max_line: usize,
    /// Put the replacement character in the place of what is not UTF-8.
    pub(crate) lossy: bool,
    /// More may come behind the end: the last line counts once it has its line end.
    pub(crate) grows: bool,
}

impl Default for Cut {
    fn default() -> Self {
        Cut { block: 256 << 10, max_line: 64 << 20, lossy: false, grows: false }
    }
}

/// What [`Splitter::fill`] came to.
#[derive(Debug, PartialEq)]
pub(crate) enum Filled {
    /// There are lines.
    Lines,
    /// The input has no more for now.
    Dry,
    /// All lines have been given out.
    End,
}

/// What is wrong with a line or with reading it.
#[derive(Debug)]
pub(crate) enum Broken {
    Io { at: u64, error: io::Error },
    Text { at: u64, column: usize, byte: u8 },
    Long { at: u64, max: usize },
}

/// Reads blocks and gives out their lines, each exactly once.
///
/// `block[at..ready]` are whole lines that were checked and not given out; `block[ready..filled]` is the beginning of a
/// line. `base` is where in the input the block begins.
pub(crate) struct Splitter<L> {
    block: Block,
    /// A big block put by while lines of a small one are given out.
    spare: Option<Block>,
    /// How big the first block is.
    first: Option<usize>,
    at: usize,
    ready: usize,
    filled: usize,
    base: u64,
    /// Lines that begin here or later belong to someone else.
    until: Option<u64>,
    /// The line that is read first began in front of the place where reading began, and belongs to someone else.
    skip: bool,
    ended: bool,
    /// Some line of the block is not UTF-8, and it is to be mended.
    mend: bool,
    broken: Option<Broken>,
    cut: Cut,
    kind: PhantomData<fn() -> L>,
}

impl<L: LineKind> Splitter<L> {
    /// Lines from the place `base` on, of an input that is `size` bytes long from there, where that is known.
    pub(crate) fn new(base: u64, size: Option<u64>, cut: Cut) -> Splitter<L> {
        // One byte more than there is, so that the end is met without making room again.
        let first = size.map(|size| usize::try_from(size.saturating_add(1)).unwrap_or(cut.block).min(cut.block));
        Splitter {
            block: Block::new(0),
            spare: None,
            first,
            at: 0,
            ready: 0,
            filled: 0,
            base,
            until: None,
            skip: false,
            ended: false,
            mend: false,
            broken: None,
            cut,
            kind: PhantomData,
        }
    }

    /// Gives out only lines that begin before `until`; with `skip` not the first one.
    pub(crate) fn within(mut self, until: Option<u64>, skip: bool) -> Splitter<L> {
        self.until = until;
        self.skip = skip;
        self
    }

    /// Where the next line begins.
    pub(crate) fn position(&self) -> u64 {
        self.base + self.at as u64
    }

    /// No more will come: the last line counts without a line end.
    pub(crate) fn finish(&mut self) {
        self.cut.grows = false;
    }

    /// True while the first line has not been skipped.
    pub(crate) fn skips(&self) -> bool {
        self.skip
    }

    /// How far has been read: behind `position` where a line is not complete yet.
    pub(crate) fn read_to(&self) -> u64 {
        self.base + self.filled as u64
    }

    /// Gives out at most `budget` of the lines that are there, and says how many.
    #[inline]
    pub(crate) fn emit(&mut self, budget: usize, emit: &mut impl FnMut(L)) -> usize {
        if self.at == self.ready {
            return 0;
        }
        if self.mend {
            return self.emit_mended(budget, emit);
        }
        let (start, max) = (self.at, self.cut.max_line);
        let mut at = start;
        let mut count = 0;
        let lend = self.block.lend();
        let bytes = &lend.bytes()[..self.ready];
        let mut long = false;
        for newline in memchr::memchr_iter(b'\n', &bytes[start..]) {
            if count == budget {
                break;
            }
            let newline = start + newline;
            if newline - at > max {
                long = true;
                break;
            }
            let end = without_return(bytes, at, newline);
            // SAFETY: within the block; `check` found the bytes up to `ready` to be UTF-8, and lines end between
            // characters.
            emit(unsafe { L::make(Part(lend.slice(at, end))) });
            at = newline + 1;
            count += 1;
        }
        if count < budget && at < self.ready && !long {
            // SAFETY: as above: the last line of all, without a line end.
            emit(unsafe { L::make(Part(lend.slice(at, self.ready))) });
            at = self.ready;
            count += 1;
        }
        drop(lend);
        self.at = at;
        if long {
            self.ready = at;
            self.broken = Some(Broken::Long { at: self.position(), max });
        }
        count
    }

    #[cold]
    fn emit_mended(&mut self, budget: usize, emit: &mut impl FnMut(L)) -> usize {
        let mut count = 0;
        while count < budget && self.at < self.ready {
            let bytes = &self.block.bytes()[..self.ready];
            let newline = memchr::memchr(b'\n', &bytes[self.at..]).map(|found| self.at + found);
            let end = newline.map_or(self.ready, |newline| without_return(bytes, self.at, newline));
            let text = String::from_utf8_lossy(&bytes[self.at..end]);
            // SAFETY: the bytes of a `str`.
            let line = unsafe { L::make(Part(Block::of(text.as_bytes()).into_slice())) };
            self.at = newline.map_or(self.ready, |newline| newline + 1);
            count += 1;
            emit(line);
        }
        count
    }

    /// Reads on, when all lines that were there have been given out.
    pub(crate) fn fill(&mut self, input: &mut impl Read) -> Result<Filled, Broken> {
        debug_assert_eq!(self.at, self.ready);
        if let Some(broken) = self.broken.take() {
            self.ended = true;
            return Err(broken);
        }
        loop {
            if self.ended || (!self.skip && self.until.is_some_and(|until| self.position() >= until)) {
                self.ended = true;
                return Ok(Filled::End);
            }
            self.make_room();
            let filled = self.filled;
            let Some(space) = self.block.space().map(|bytes| &mut bytes[filled..]) else {
                // `make_room` has just seen to it.
                unreachable!("the block is in use")
            };
            let read = match input.read(space) {
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(Broken::Io { at: self.read_to(), error }),
            };
            if read == 0 {
                if self.cut.grows {
                    return Ok(Filled::Dry);
                }
                self.ended = true;
                if self.skip || self.at == self.filled {
                    return Ok(Filled::End);
                }
                self.ready = self.filled;
                self.check();
                return Ok(Filled::Lines);
            }
            self.filled += read;
            if self.skip && !self.skip_line() {
                continue;
            }
            if self.find_lines(filled) {
                self.check();
                self.shrink();
                return Ok(Filled::Lines);
            }
            if self.filled - self.at > self.cut.max_line {
                self.ended = true;
                return Err(Broken::Long { at: self.position(), max: self.cut.max_line });
            }
        }
    }

    /// Drops what belongs to the line that is skipped; false where its end has not come yet.
    fn skip_line(&mut self) -> bool {
        match memchr::memchr(b'\n', &self.block.bytes()[self.at..self.filled]) {
            Some(newline) => {
                self.at += newline + 1;
                self.skip = false;
            }
            None => self.at = self.filled,
        }
        self.ready = self.at;
        !self.skip
    }

    /// Sets `ready` where there are whole lines, of which `fresh` is the first byte just read.
    fn find_lines(&mut self, fresh: usize) -> bool {
        let bytes = &self.block.bytes()[..self.filled];
        if let Some(until) = self.until
            && self.read_to() >= until
        {
            if self.position() >= until {
                return false;
            }
            // The line that holds the byte before `until` is the last one.
            let last = usize::try_from((until - 1).saturating_sub(self.base)).unwrap_or(0).max(self.at);
            if let Some(newline) = memchr::memchr(b'\n', &bytes[last..]) {
                self.ready = last + newline + 1;
                self.ended = true;
                return true;
            }
        }
        let fresh = fresh.max(self.at);
        let Some(newline) = memchr::memrchr(b'\n', &bytes[fresh..]) else { return false };
        self.ready = fresh + newline + 1;
        true
    }

    /// Checks that the lines that are ready are UTF-8; where one is not, those before it are ready and no more.
    fn check(&mut self) {
        self.mend = false;
        if !L::TEXT {
            return;
        }
        let bytes = &self.block.bytes()[self.at..self.ready];
        let Err(error) = std::str::from_utf8(bytes) else { return };
        if self.cut.lossy {
            self.mend = true;
            return;
        }
        let bad = error.valid_up_to();
        let start = memchr::memrchr(b'\n', &bytes[..bad]).map_or(0, |newline| newline + 1);
        let at = self.position() + start as u64;
        self.broken = Some(Broken::Text { at, column: bad - start, byte: bytes[bad] });
        self.ready = self.at + start;
    }

    /// Makes a small block of what is ready where it fills little of a big one, which it would keep alive.
    fn shrink(&mut self) {
        if self.filled >= self.block.capacity() / 4 || self.block.capacity() <= 4096 {
            return;
        }
        let small = Block::of(&self.block.bytes()[self.at..self.filled]);
        self.spare = Some(std::mem::replace(&mut self.block, small));
        self.base += self.at as u64;
        self.ready -= self.at;
        self.filled -= self.at;
        self.at = 0;
    }

    /// Brings the beginning of a line to the front of a block with room behind it.
    fn make_room(&mut self) {
        let tail = self.at..self.filled;
        let (len, start, room) = (tail.len(), self.at, self.block.capacity());
        if let Some(mut spare) = self.spare.take()
            && spare.capacity() > len
            && let Some(bytes) = spare.space()
        {
            bytes[..len].copy_from_slice(&self.block.bytes()[tail]);
            self.block = spare;
        } else {
            // A read that did not fill the block was near the end; one that did wants room for as much again.
            let fits = len < room && (self.filled < room || (len * 2 <= room && room >= self.cut.block));
            match self.block.space() {
                Some(bytes) if fits => bytes.copy_within(tail, 0),
                _ => {
                    let mut next = Block::new(self.first.take().unwrap_or(self.cut.block.max(len * 2)));
                    if let Some(bytes) = next.space() {
                        bytes[..len].copy_from_slice(&self.block.bytes()[tail]);
                    }
                    self.block = next;
                }
            }
        }
        self.base += start as u64;
        self.filled = len;
        self.at = 0;
        self.ready = 0;
    }
}

/// The end of the line that begins at `at`, in front of its `\n` or `\r\n`.
#[inline(always)]
fn without_return(bytes: &[u8], at: usize, newline: usize) -> usize {
    newline - usize::from(newline > at && bytes[newline - 1] == b'\r')
}

impl Broken {
    /// The fault, of what is called `name`.
    #[cold]
    pub(crate) fn fault(self, name: &str) -> Fault {
        match self {
            Broken::Io { at, error } => {
                let transient = matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
                let fault = super::fault::io("cannot read", name, error).position(format!("byte {at}"));
                if transient { fault.transient() } else { fault }
            }
            Broken::Text { at, column, byte } => Fault::new("a line is not UTF-8")
                .partition(name)
                .position(format!("line at byte {at}"))
                .cause(format!("byte {column} of the line is {byte:#04x}"))
                .help("convert it to UTF-8, or read it with `.lossy()` or `.bytes()`"),
            Broken::Long { at, max } => Fault::new(format!("a line is longer than {max} bytes"))
                .partition(name)
                .position(format!("line at byte {at}"))
                .help("check that it is a text file; `.max_line(bytes)` allows longer lines"),
        }
    }
}
