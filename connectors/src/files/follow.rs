//! [`FollowSource`]: the lines of files that grow.

use super::fault;
use super::line::Line;
use super::list::{Files, size};
use super::split::{Cut, Filled, LineKind, Splitter};
use flowstone_runtime::bound::Unbounded;
use flowstone_runtime::clock::Clock;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, Metadata};
use std::io::{Seek, SeekFrom};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

/// The lines of a file, and those that are written to it later: [`FileSource::follow`](super::FileSource::follow).
///
/// It looks for more every 200 ms. The last line counts once its line end has come. A file that becomes shorter, or is
/// replaced by another of its name, stops the flow, unless [`rotating`](FollowSource::rotating) says that it may.
///
/// ```
/// use flowstone_connectors::files::FileSource;
/// use std::time::Duration;
///
/// let log = FileSource::new("service.log").follow().every(Duration::from_secs(1)).rotating();
/// # let _ = log;
/// ```
#[derive(Debug)]
pub struct FollowSource<L = Line> {
    files: Files,
    cut: Cut,
    every: Duration,
    rotating: bool,
    kind: PhantomData<fn() -> L>,
}

impl<L: LineKind> FollowSource<L> {
    pub(super) fn of(files: Files, cut: Cut) -> FollowSource<L> {
        let cut = Cut { grows: true, ..cut };
        FollowSource { files, cut, every: Duration::from_millis(200), rotating: false, kind: PhantomData }
    }

    /// How often it looks for more.
    #[must_use]
    pub fn every(mut self, pause: Duration) -> FollowSource<L> {
        self.every = pause;
        self
    }

    /// Says that the file may be emptied, or be replaced by another of its name, as logs are rotated: reading goes on at
    /// the start of the new one. What was written between the last look and the rotation is read where the old file was
    /// moved, and lost where it was emptied.
    #[must_use]
    pub fn rotating(mut self) -> FollowSource<L> {
        self.rotating = true;
        self
    }
}

impl<L> Clone for FollowSource<L> {
    fn clone(&self) -> Self {
        FollowSource { files: self.files.clone(), kind: PhantomData, ..*self }
    }
}

impl<L: LineKind> Source for FollowSource<L> {
    type Item = L;
    type Bound = Unbounded;
    type Reader = FollowReader<L>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        self.files.names().map(Partitions::Shared)
    }

    fn open(&self, partition: &str, position: Option<FollowPosition>, cx: &SourceCx) -> Result<FollowReader<L>, Fault> {
        let path = PathBuf::from(partition);
        size(&path)?;
        let file = File::open(&path).map_err(|error| fault::io("cannot open the file", partition, error))?;
        let mut reader = FollowReader {
            splitter: Splitter::new(0, None, self.cut),
            name: partition.to_owned(),
            path,
            file,
            identity: 0,
            cut: self.cut,
            every: self.every,
            rotating: self.rotating,
            clock: cx.clock.clone(),
        };
        reader.begin(position)?;
        Ok(reader)
    }
}

/// Where a reader stands in a file that grows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowPosition {
    /// The byte at which the next line begins.
    pub offset: u64,
    /// Which file of the name it is, where the system tells.
    file: u64,
}

/// Reads the lines of a file that grows.
pub struct FollowReader<L> {
    splitter: Splitter<L>,
    path: PathBuf,
    name: String,
    file: File,
    identity: u64,
    cut: Cut,
    every: Duration,
    rotating: bool,
    clock: Clock,
}

#[derive(Clone, Copy)]
enum Change {
    Shorter,
    Replaced,
}

impl<L: LineKind> FollowReader<L> {
    /// Starts on the file that is open, at `position` where that is a place in it.
    fn begin(&mut self, position: Option<FollowPosition>) -> Result<(), Fault> {
        let about = self.file.metadata().map_err(|error| self.unreadable(error))?;
        self.identity = identity(&about);
        let mut offset = 0;
        if let Some(position) = position {
            let change = if position.file != self.identity {
                Some(Change::Replaced)
            } else {
                (about.len() < position.offset).then_some(Change::Shorter)
            };
            match change {
                Some(change) => self.allow(change, position.offset)?,
                None => offset = position.offset,
            }
        }
        self.file.seek(SeekFrom::Start(offset)).map_err(|error| self.unreadable(error))?;
        self.splitter = Splitter::new(offset, None, self.cut);
        Ok(())
    }

    fn unreadable(&self, error: std::io::Error) -> Fault {
        fault::io("cannot read", &self.name, error)
    }

    fn allow(&self, change: Change, offset: u64) -> Result<(), Fault> {
        if self.rotating {
            return Ok(());
        }
        let what = match change {
            Change::Shorter => "the file has become shorter",
            Change::Replaced => "the file was replaced by another of its name",
        };
        Err(Fault::new(what)
            .partition(&self.name)
            .position(format!("byte {offset}"))
            .help("`.rotating()` continues at the start of the new file"))
    }

    /// What has become of the file, now that it has no more to read.
    fn change(&self) -> Result<Option<Change>, Fault> {
        let about = self.file.metadata().map_err(|error| self.unreadable(error))?;
        if about.len() < self.splitter.read_to() {
            return Ok(Some(Change::Shorter));
        }
        // A file that was moved away, with no new one yet, is read on.
        let replaced = fs::metadata(&self.path).is_ok_and(|about| identity(&about) != self.identity);
        Ok(replaced.then_some(Change::Replaced))
    }
}

impl<L: LineKind> Reader for FollowReader<L> {
    type Item = L;
    type Position = FollowPosition;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(L)) -> Result<Next, Fault> {
        let mut left = budget;
        // Set where the file was looked at, found to be replaced, and read once more.
        let mut replaced = false;
        loop {
            left -= self.splitter.emit(left, emit);
            if left == 0 {
                return Ok(Next::More);
            }
            match self.splitter.fill(&mut self.file).map_err(|broken| broken.fault(&self.name))? {
                Filled::Lines => {}
                Filled::Dry if replaced => self.splitter.finish(),
                Filled::Dry => match self.change()? {
                    None => return Ok(Next::At(self.clock.now().after(self.every))),
                    Some(change) => {
                        self.allow(change, self.splitter.position())?;
                        match change {
                            Change::Shorter => self.begin(None)?,
                            Change::Replaced => replaced = true,
                        }
                    }
                },
                Filled::End => {
                    self.file = File::open(&self.path).map_err(|error| self.unreadable(error))?;
                    self.begin(None)?;
                    replaced = false;
                }
            }
        }
    }

    fn position(&self) -> FollowPosition {
        FollowPosition { offset: self.splitter.position(), file: self.identity }
    }
}

#[cfg(unix)]
fn identity(about: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    about.ino()
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> u64 {
    0
}
