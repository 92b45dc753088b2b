//! [`FileSink`] and [`DirSink`]: lines to files, exactly once.

use super::claim::{Claim, are_of_one_output, of_other_workers, of_worker, ordinary};
use super::fault;
use super::format::{AsDebug, AsDisplay, AsText, Format, With};
use super::owner::{self, Ownership, Writing};
use super::staging::{Held, Prepared, StagedFile, clean, dir_of, lost, name_of};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Guarantee, Sink, SinkCx, Writer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Writes items to a text file, a line each, exactly once.
///
/// A file that is there is replaced by what the flow's first epoch brings; what later epochs bring is appended. Each
/// epoch's lines appear when it is committed; until then they are in a hidden file beside. A flow that fails leaves what it
/// had committed, and nothing else.
///
/// With several workers each writes a file of its own: `counts.txt` becomes `counts-0.txt`, `counts-1.txt`, …
///
/// A flow that goes on from a recovery store with another number of workers appends to the files of the workers that it has;
/// the others' stay, as part of what is committed. A fresh run does not remove files that it does not write, since
/// it cannot tell whose they are: where an earlier run may have left some, it names them at its end.
///
/// One execution at a time writes a file: the one that began last. A hidden file beside says which that is; an earlier one that
/// is still alive changes nothing any more, and fails. With recovery the hidden file stays: it also says which epoch is in
/// place, so that a store which was put back to an older state is not gone on from.
///
/// Items are anything that has a [`Text`](super::Text) form; [`debug`](FileSink::debug), [`display`](FileSink::display)
/// and [`with`](FileSink::with) take others.
///
/// ```
/// use flowstone_connectors::files::FileSink;
///
/// let counts = FileSink::new("counts.txt");
/// let sorted = FileSink::new("words.txt").with(|(word, count): &(String, u64), out| {
///     out.push_str(&format!("{count:>8} {word}"));
/// });
/// # let _ = (counts, sorted);
/// ```
#[derive(Debug, Clone)]
pub struct FileSink<F = AsText> {
    pub(crate) place: OutputTarget,
    pub(crate) format: F,
}

/// Where a sink puts its files.
#[derive(Debug, Clone)]
pub(crate) enum OutputTarget {
    /// A file that grows, one a worker.
    File(PathBuf),
    /// A file a worker and epoch.
    Dir { dir: PathBuf, ending: String },
}

impl FileSink {
    /// Writes to the file at `path`, making its directory where there is none.
    pub fn new(path: impl Into<PathBuf>) -> FileSink {
        FileSink { place: OutputTarget::File(path.into()), format: AsText }
    }

    /// Writes what `Debug` says of an item.
    #[must_use]
    pub fn debug(self) -> FileSink<AsDebug> {
        FileSink { place: self.place, format: AsDebug }
    }

    /// Writes what `Display` says of an item.
    #[must_use]
    pub fn display(self) -> FileSink<AsDisplay> {
        FileSink { place: self.place, format: AsDisplay }
    }

    /// Writes what `write` appends for an item. The line end follows by itself.
    #[must_use]
    pub fn with<T, W: Fn(&T, &mut String) + Clone + Send + 'static>(self, write: W) -> FileSink<With<W>> {
        FileSink { place: self.place, format: With(write) }
    }
}

impl<T, F: Format<T> + Clone> Sink<T> for FileSink<F> {
    type Writer = FileWriter<F>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, cx: &SinkCx) -> Result<FileWriter<F>, Fault> {
        FileWriter::open(&self.place, self.format.clone(), cx)
    }
}

/// Writes items to text files of a directory, a file a worker and epoch, exactly once.
///
/// Files are named `part-EXECUTION-EPOCH-WORKER.txt` and appear whole when their epoch is committed. Files that are there
/// stay: another execution adds its own. With recovery a hidden file a worker stays too: it says which execution is the newest and
/// which epoch is in place.
///
/// ```
/// use flowstone_connectors::files::DirSink;
///
/// let hits = DirSink::new("hits").ending("tsv");
/// # let _ = hits;
/// ```
#[derive(Debug, Clone)]
pub struct DirSink<F = AsText>(FileSink<F>);

impl DirSink {
    /// Writes to the directory `dir`, which is made where there is none.
    pub fn new(dir: impl Into<PathBuf>) -> DirSink {
        DirSink(FileSink { place: OutputTarget::Dir { dir: dir.into(), ending: "txt".to_owned() }, format: AsText })
    }

    /// Writes what `Debug` says of an item.
    #[must_use]
    pub fn debug(self) -> DirSink<AsDebug> {
        DirSink(self.0.debug())
    }

    /// Writes what `Display` says of an item.
    #[must_use]
    pub fn display(self) -> DirSink<AsDisplay> {
        DirSink(self.0.display())
    }

    /// Writes what `write` appends for an item. The line end follows by itself.
    #[must_use]
    pub fn with<T, W: Fn(&T, &mut String) + Clone + Send + 'static>(self, write: W) -> DirSink<With<W>> {
        DirSink(self.0.with(write))
    }
}

impl<F> DirSink<F> {
    /// The extension of the file names: `txt` by default.
    #[must_use]
    pub fn ending(mut self, ending: impl Into<String>) -> DirSink<F> {
        if let OutputTarget::Dir { ending: place, .. } = &mut self.0.place {
            *place = ending.into();
        }
        self
    }
}

impl<T, F: Format<T> + Clone> Sink<T> for DirSink<F> {
    type Writer = FileWriter<F>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, cx: &SinkCx) -> Result<FileWriter<F>, Fault> {
        FileWriter::open(&self.0.place, self.0.format.clone(), cx)
    }
}

/// Writes the files of one worker.
#[derive(Debug)]
pub struct FileWriter<F> {
    _claim: Option<Claim>,
    place: OutputTarget,
    /// Files that a run with another number of workers may have left, and this one does not write.
    others: Vec<PathBuf>,
    format: F,
    writing: Writing,
    worker: usize,
    /// The output's part in a directory that is this worker's.
    part: String,
    /// What has been taken over: this worker's own place, and those of earlier workers that fall to it.
    owned: BTreeMap<PathBuf, Ownership>,
    /// What is prepared and not committed, in a flow without recovery.
    held: Option<Held>,
    /// The file of the epoch that is open, once something has come for it.
    staged: Option<StagedFile>,
    /// Bytes not yet written to it.
    buffer: Vec<u8>,
    /// How long the file in place is when all that is prepared is committed. `None` where whatever is there is to be
    /// replaced, for nothing of it is this flow's.
    offset: Option<u64>,
    cleaned: bool,
    epoch: u64,
    items: u64,
    files: u64,
}

/// How many bytes are written at once.
const BLOCK: usize = 256 << 10;

impl<F> FileWriter<F> {
    pub(crate) fn open(place: &OutputTarget, format: F, cx: &SinkCx) -> Result<FileWriter<F>, Fault> {
        let mut others = Vec::new();
        let (place, dir) = match place {
            OutputTarget::File(path) => {
                if cx.worker == 0 {
                    others = of_other_workers(path, cx.workers);
                }
                let path = if cx.workers > 1 { of_worker(path, cx.worker) } else { path.clone() };
                let path = ordinary(path)?;
                (OutputTarget::File(path.clone()), dir_of(&path).to_owned())
            }
            OutputTarget::Dir { dir, .. } => (place.clone(), dir.clone()),
        };
        fs::create_dir_all(&dir).map_err(|error| fault::at("cannot make the directory", &dir, error))?;
        let claim = match &place {
            OutputTarget::File(path) => Some(Claim::of(path, cx)?),
            OutputTarget::Dir { .. } => None,
        };
        Ok(FileWriter {
            _claim: claim,
            place,
            others,
            format,
            writing: Writing::of(cx),
            worker: cx.worker,
            part: owner::part_of(cx.step, cx.worker),
            owned: BTreeMap::new(),
            held: None,
            staged: None,
            buffer: Vec::new(),
            offset: None,
            cleaned: false,
            epoch: 0,
            items: 0,
            files: 0,
        })
    }

    /// The place for what the open epoch brings.
    fn target(&self) -> PathBuf {
        match &self.place {
            OutputTarget::File(path) => path.clone(),
            OutputTarget::Dir { dir, ending } => {
                dir.join(format!("part-{:x}-{:06}-{:03}.{ending}", self.writing.execution, self.epoch, self.worker))
            }
        }
    }

    /// True where the file that is written next begins empty.
    fn begins(&self) -> bool {
        matches!(self.place, OutputTarget::Dir { .. }) || self.offset.unwrap_or(0) == 0
    }

    /// Removes what earlier executions left. It is done late, since their last commit may still need some of it.
    fn clean(&mut self) -> Result<(), Fault> {
        if self.cleaned {
            return Ok(());
        }
        let own = self.target();
        let writing = self.writing;
        self.owner(&own, false)?;
        let check = || self.owned.values().try_for_each(Ownership::check);
        match &self.place {
            OutputTarget::File(path) => {
                let name = name_of(path);
                clean(dir_of(path), writing, true, |place| place == name, check)?;
            }
            OutputTarget::Dir { dir, ending } => {
                let own = format!("-{:03}.{ending}", self.worker);
                clean(dir, writing, false, |place| place.starts_with("part-") && place.ends_with(&own), check)?;
            }
        }
        self.cleaned = true;
        Ok(())
    }

    /// Takes over what `target` belongs to, if that has not been done. `None` where that is a directory and there is no
    /// recovery: then every execution adds files of its own.
    fn owner(&mut self, target: &Path, resumes: bool) -> Result<Option<&mut Ownership>, Fault> {
        let (dir, exclusive) = match &self.place {
            OutputTarget::File(_) => (dir_of(target).to_owned(), true),
            OutputTarget::Dir { .. } if self.writing.fence.is_none() => return Ok(None),
            OutputTarget::Dir { dir, .. } => (dir.clone(), false),
        };
        let (key, name) = match exclusive {
            true => (target.to_owned(), name_of(target)),
            false => (dir.clone(), self.part.clone()),
        };
        let owned = match self.owned.entry(key) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let place = owner::OutputFile { dir: &dir, name: &name, exclusive };
                let is_part = |other: &str| match exclusive {
                    true => are_of_one_output(&name, other),
                    false => owner::same_step(&name, other),
                };
                entry.insert(Ownership::take(place, self.writing, is_part, resumes)?)
            }
        };
        Ok(Some(owned))
    }

    fn flush(&mut self) -> Result<(), Fault> {
        if let Some(staged) = &mut self.staged {
            staged.write(&self.buffer)?;
        }
        self.buffer.clear();
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.staged.is_none() {
            self.clean()?;
            // The epoch's number is known when it is prepared; the one before will do for a name.
            self.staged = Some(StagedFile::create(&self.target(), self.writing, self.epoch)?);
        }
        Ok(())
    }
}

impl<T, F: Format<T>> Writer<T> for FileWriter<F> {
    type Prepared = Option<Prepared>;

    fn write_batch(&mut self, items: &mut Vec<T>) -> Result<(), Fault> {
        if items.is_empty() {
            return Ok(());
        }
        if self.staged.is_none() {
            self.begin()?;
            if self.begins() { self.format.begin() } else { self.format.go_on() }
        }
        self.items += items.len() as u64;
        self.format.append(items, &mut self.buffer)?;
        if self.buffer.len() >= BLOCK {
            self.flush()?;
        }
        Ok(())
    }

    fn prepare(&mut self, epoch: u64) -> Result<Option<Prepared>, Fault> {
        self.flush()?;
        self.epoch = epoch;
        let target = self.target();
        let offset = match self.place {
            OutputTarget::File(_) => self.offset.unwrap_or(0),
            OutputTarget::Dir { .. } => 0,
        };
        let Some(staged) = self.staged.take() else { return Ok(None) };
        let (prepared, file) = staged.prepare(&target, offset, epoch)?;
        self.held = file.filter(|_| self.writing.fence.is_none()).map(|file| prepared.hold(file));
        self.offset = Some(prepared.end());
        self.epoch += 1;
        self.files += 1;
        Ok(Some(prepared))
    }

    fn commit(&mut self, prepared: Option<Prepared>) -> Result<(), Fault> {
        if let Some(prepared) = prepared {
            match self.owner(prepared.place(), true)? {
                Some(owner) => {
                    prepared.commit(|| owner.check())?;
                    owner.wrote(prepared.epoch(), prepared.end())?;
                }
                None => prepared.commit(|| Ok(()))?,
            }
            self.held = None;
            // With another number of workers than before, some of it can be meant for files that are not this one's.
            if matches!(&self.place, OutputTarget::File(path) if prepared.is_for(path)) {
                // Later epochs may have been prepared by now.
                self.offset = self.offset.max(Some(prepared.end()));
            }
        }
        Ok(())
    }

    fn recover(&mut self) -> Result<(), Fault> {
        // They are what earlier executions of this flow have committed.
        self.others.clear();
        let own = self.target();
        let committed = self.owner(&own, true)?.map_or(0, |owner| owner.end());
        if let (OutputTarget::File(path), None) = (&self.place, self.offset) {
            // All that is in place was committed.
            self.offset = Some(match fs::metadata(path) {
                Ok(about) => about.len(),
                Err(error) if error.kind() == ErrorKind::NotFound => 0,
                Err(error) => return Err(fault::at("cannot look at the file", path, error)),
            });
            if self.offset < Some(committed) {
                return Err(lost(path, committed));
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), Fault> {
        if let (OutputTarget::File(_), None) = (&self.place, self.offset) {
            // Nothing has come: the file is there, and empty.
            self.begin()?;
            let prepared = Writer::<T>::prepare(self, self.epoch)?;
            Writer::<T>::commit(self, prepared)?;
        }
        self.clean()?;
        self.owned.values().for_each(Ownership::release);
        Ok(())
    }

    fn summary(&self) -> Option<String> {
        let lines = count(self.items, "line");
        Some(match &self.place {
            OutputTarget::File(path) if !self.others.is_empty() => {
                let others: Vec<String> = self.others.iter().map(|path| path.display().to_string()).collect();
                format!("{lines} in {}; not written by this run: {}", path.display(), others.join(", "))
            }
            OutputTarget::File(path) => format!("{lines} in {}", path.display()),
            OutputTarget::Dir { dir, .. } => format!("{lines} in {} of {}", count(self.files, "file"), dir.display()),
        })
    }
}

/// `1 line`, `2 lines`.
fn count(number: u64, of: &str) -> String {
    format!("{number} {of}{}", if number == 1 { "" } else { "s" })
}
