//! [`FileSource`] and [`DirSource`]: the lines of files that end.

use super::fault;
use super::follow::FollowSource;
use super::line::{ByteLine, Line};
use super::list::{Files, Turn, Turns, size};
use super::split::{Cut, Filled, LineKind, Splitter};
use flowstone_runtime::bound::Bounded;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Progress, Reader, Source, SourceCx};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::marker::PhantomData;
use std::path::PathBuf;

/// The lines of a text file, or of several.
///
/// Items are [`Line`]s, without their line ends (`\n` or `\r\n`), just as [`str::lines`] has them. The position is the
/// byte at which the next line begins. A line that is not UTF-8 stops the flow, unless [`lossy`](FileSource::lossy) or
/// [`bytes`](FileSource::bytes) says otherwise.
///
/// A file is one partition, read in order by one worker. Let several workers share it by
/// [`parallel`](FileSource::parallel). A worker that has several files, or parts of files, reads them one after the other.
///
/// ```
/// use flowstone_connectors::files::FileSource;
/// use flowstone_runtime::source::{Partitions, Source};
///
/// let source = FileSource::new("events.jsonl");
/// assert_eq!(source.partitions().unwrap(), Partitions::one("events.jsonl"));
/// ```
#[derive(Debug)]
pub struct FileSource<L = Line> {
    files: Files,
    parts: usize,
    cut: Cut,
    turns: Turns,
    kind: PhantomData<fn() -> L>,
}

/// In how many parts [`FileSource::parallel`] cuts a file.
const PARTS: usize = 16;

impl FileSource {
    /// The lines of the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> FileSource {
        FileSource::many([path])
    }

    /// The lines of several files, each a partition.
    pub fn many(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> FileSource {
        FileSource::of(Files::These(paths.into_iter().map(Into::into).collect()))
    }

    fn of(files: Files) -> FileSource {
        FileSource { files, parts: 1, cut: Cut::default(), turns: Turns::default(), kind: PhantomData }
    }

    /// Puts the replacement character `U+FFFD` in the place of what is not UTF-8, instead of stopping the flow.
    #[must_use]
    pub fn lossy(mut self) -> FileSource {
        self.cut.lossy = true;
        self
    }

    /// Lines of bytes, which need not be UTF-8: items are [`ByteLine`]s.
    #[must_use]
    pub fn bytes(self) -> FileSource<ByteLine> {
        FileSource { files: self.files, parts: self.parts, cut: self.cut, turns: self.turns, kind: PhantomData }
    }
}

impl<L: LineKind> FileSource<L> {
    /// Lets up to 16 workers share each file: as [`split`](FileSource::split) into 16 parts.
    ///
    /// Every line comes exactly once, but the lines of a file in no order.
    #[must_use]
    pub fn parallel(self) -> FileSource<L> {
        self.split(PARTS)
    }

    /// Cuts each file into `parts` partitions of about the same number of bytes, at the ends of lines, for as many
    /// workers to share. An execution that goes on where another stopped needs the same number of parts. Compressed files
    /// and files that grow cannot be cut.
    #[must_use]
    pub fn split(mut self, parts: usize) -> FileSource<L> {
        self.parts = parts.max(1);
        self
    }

    /// The longest line there may be, 64 MiB by default: a longer one stops the flow.
    #[must_use]
    pub fn max_line(mut self, bytes: usize) -> FileSource<L> {
        self.cut.max_line = bytes;
        self
    }

    /// How many bytes are read at once, 256 KiB by default.
    #[must_use]
    pub fn buffer_size(mut self, bytes: usize) -> FileSource<L> {
        self.cut.block = bytes.max(1);
        self
    }

    /// Goes on reading when the file grows, as `tail -f` does: a source that does not end.
    #[must_use]
    pub fn follow(self) -> FollowSource<L> {
        FollowSource::of(self.files, self.cut)
    }
}

impl<L> Clone for FileSource<L> {
    fn clone(&self) -> Self {
        FileSource {
            files: self.files.clone(),
            parts: self.parts,
            cut: self.cut,
            turns: self.turns.clone(),
            kind: PhantomData,
        }
    }
}

impl<L: LineKind> Source for FileSource<L> {
    type Item = L;
    type Bound = Bounded;
    type Reader = FileReader<L>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        let names = self.files.names()?;
        if self.parts == 1 {
            return Ok(Partitions::Shared(names));
        }
        let parts = |name: String| (0..self.parts).map(move |part| format!("{name}#{part}"));
        Ok(Partitions::Shared(names.into_iter().flat_map(parts).collect()))
    }

    fn open(&self, partition: &str, position: Option<FilePosition>, cx: &SourceCx) -> Result<FileReader<L>, Fault> {
        let (name, part) = match partition.rsplit_once('#') {
            Some((name, part)) if self.parts > 1 => (name, part.parse().unwrap_or(0)),
            _ => (partition, 0),
        };
        let path = PathBuf::from(name);
        let size = size(&path)?;
        let bound = |part: usize| (u128::from(size) * part as u128 / self.parts as u128) as u64;
        let start = bound(part);
        let end = (part + 1 < self.parts).then(|| bound(part + 1));
        let position = position.unwrap_or(match start {
            0 => FilePosition { offset: 0, end, skip: false },
            // One byte earlier, to see whether a line begins at `start`.
            _ => FilePosition { offset: start - 1, end, skip: true },
        });
        let last = position.end.unwrap_or(size).min(size);
        let left = last.saturating_sub(position.offset);
        // Room for the line that begins before the end, too.
        let expected = (size > 0).then(|| if position.end.is_some() { left + (64 << 10) } else { left });
        Ok(FileReader {
            splitter: Splitter::new(position.offset, expected, self.cut).within(position.end, position.skip),
            name: name.to_owned(),
            path,
            file: None,
            start,
            end: position.end,
            last,
            turn: self.turns.queue_up(cx.worker, cx.waker.clone()),
        })
    }
}

/// The lines of all files of a directory, in the order of their names.
///
/// Hidden files, whose names begin with a dot, are left out, and with them what sinks have not put in place yet. Each file
/// is a partition; a worker reads its files one after the other. The files are those that are there when the flow starts.
///
/// ```
/// use flowstone_connectors::files::DirSource;
///
/// let logs = DirSource::new("logs").glob("*.log").recursive();
/// # let _ = logs;
/// ```
#[derive(Debug)]
pub struct DirSource<L = Line>(FileSource<L>);

impl DirSource {
    /// The lines of all files of `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> DirSource {
        DirSource(FileSource::of(Files::In { dir: dir.into(), pattern: None, deep: false }))
    }

    /// Puts the replacement character `U+FFFD` in the place of what is not UTF-8, instead of stopping the flow.
    #[must_use]
    pub fn lossy(self) -> DirSource {
        DirSource(self.0.lossy())
    }

    /// Lines of bytes, which need not be UTF-8: items are [`ByteLine`]s.
    #[must_use]
    pub fn bytes(self) -> DirSource<ByteLine> {
        DirSource(self.0.bytes())
    }
}

impl<L: LineKind> DirSource<L> {
    /// Only files whose names are as `pattern` says: `*` stands for any text, `?` for one character.
    #[must_use]
    pub fn glob(mut self, glob: impl Into<String>) -> DirSource<L> {
        if let Files::In { pattern, .. } = &mut self.0.files {
            *pattern = Some(glob.into());
        }
        self
    }

    /// Files of directories in the directory, too.
    #[must_use]
    pub fn recursive(mut self) -> DirSource<L> {
        if let Files::In { deep, .. } = &mut self.0.files {
            *deep = true;
        }
        self
    }

    /// The longest line there may be, 64 MiB by default: a longer one stops the flow.
    #[must_use]
    pub fn max_line(self, bytes: usize) -> DirSource<L> {
        DirSource(self.0.max_line(bytes))
    }
}

impl<L> Clone for DirSource<L> {
    fn clone(&self) -> Self {
        DirSource(self.0.clone())
    }
}

impl<L: LineKind> Source for DirSource<L> {
    type Item = L;
    type Bound = Bounded;
    type Reader = FileReader<L>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        self.0.partitions()
    }

    fn open(&self, partition: &str, position: Option<FilePosition>, cx: &SourceCx) -> Result<FileReader<L>, Fault> {
        self.0.open(partition, position, cx)
    }
}

/// Where a reader stands in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilePosition {
    /// The byte at which the next line begins.
    pub offset: u64,
    /// Lines that begin at this byte or later belong to the next part of the file.
    end: Option<u64>,
    /// The rest of a line at `offset` belongs to the part before.
    skip: bool,
}

/// Reads the lines of a file, or of a part of it.
pub struct FileReader<L> {
    splitter: Splitter<L>,
    path: PathBuf,
    name: String,
    /// Open while it is this reader's turn.
    file: Option<File>,
    start: u64,
    end: Option<u64>,
    /// Where what there is to read ends, as far as the progress bar is concerned.
    last: u64,
    turn: Turn,
}

impl<L: LineKind> FileReader<L> {
    fn fill(&mut self) -> Result<Filled, Fault> {
        let file = match &mut self.file {
            Some(file) => file,
            closed => {
                let fault = |error| fault::io("cannot open the file", &self.name, error);
                let mut file = File::open(&self.path).map_err(fault)?;
                let from = self.splitter.read_to();
                if from > 0 {
                    file.seek(SeekFrom::Start(from)).map_err(fault)?;
                }
                closed.insert(file)
            }
        };
        self.splitter.fill(file).map_err(|broken| broken.fault(&self.name))
    }
}

impl<L: LineKind> Reader for FileReader<L> {
    type Item = L;
    type Position = FilePosition;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(L)) -> Result<Next, Fault> {
        if !self.turn.has_come() {
            return Ok(Next::Pending);
        }
        let mut left = budget;
        loop {
            left -= self.splitter.emit(left, emit);
            if left == 0 {
                return Ok(Next::More);
            }
            if self.fill()? == Filled::End {
                let read_to = self.splitter.read_to();
                if read_to < self.last {
                    let fault =
                        Fault::new(format!("the file became shorter while it was read: it had {} bytes", self.last));
                    let help = "leave a file alone while it is read, or follow one that grows with `.follow()`";
                    return Err(fault.partition(&self.name).position(format!("byte {read_to}")).help(help));
                }
                self.file = None;
                self.turn.pass();
                return Ok(Next::End);
            }
        }
    }

    fn position(&self) -> FilePosition {
        FilePosition { offset: self.splitter.position(), end: self.end, skip: self.splitter.skips() }
    }

    fn progress(&self) -> Option<Progress> {
        let total = self.last.saturating_sub(self.start);
        Some(Progress { done: self.splitter.position().saturating_sub(self.start).min(total), total })
    }
}
