//! Files written aside and put in place when their epoch is committed: [`StagedFile`], [`Prepared`].
//!
//! What a writer gets in an epoch goes to a hidden file beside the place it is meant for. `prepare` makes it durable,
//! `commit` puts it in place:
//! - where there is nothing to keep in that place, by renaming it, which every file system does at once;
//! - where the place holds what earlier epochs brought, by appending it behind them.
//!
//! Appending can be cut short, so [`Prepared`] holds the length that the file had before. A commit that is called again
//! writes the same bytes to the same place, so doing it twice comes to the same as doing it once, however late, and whatever
//! has been appended since. Nothing is ever truncated. Readers that come along during the append see some of the epoch's
//! lines, and later the rest.
//!
//! A hidden file that no commit needs any more is removed: by the writer that made it when it is dropped, and by the next
//! execution where that could not be. The names hold the execution, so two executions do not write the same file, and a newer
//! one's are left alone.

use super::fault;
use super::owner::{Other, Writing};
use flowstone_runtime::error::Fault;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file that is written aside.
#[derive(Debug)]
pub(crate) struct StagedFile {
    /// Absent once it has been prepared.
    file: Option<File>,
    path: PathBuf,
    len: u64,
}

impl StagedFile {
    /// Begins to write what is meant for `place`.
    pub(crate) fn create(place: &Path, writing: Writing, epoch: u64) -> Result<StagedFile, Fault> {
        let dir = dir_of(place);
        fs::create_dir_all(dir).map_err(|error| fault::at("cannot make the directory", dir, error))?;
        let path = dir.join(format!(".{}.{}-{epoch:x}{SUFFIX}", name_of(place), writing.name()));
        let cannot = |error| fault::at("cannot write to the directory", dir, error);
        let file = if writing.fence.is_some() {
            File::create(&path).map_err(cannot)?
        } else {
            // The lock says that this execution is alive, from the moment at which others know the name. Not every file system
            // has locks; what a killed execution leaves there stays.
            let begun = path.with_extension("begun");
            let file = File::create(&begun).map_err(cannot)?;
            let _ = file.try_lock();
            fs::rename(&begun, &path).map_err(cannot)?;
            file
        };
        Ok(StagedFile { file: Some(file), path, len: 0 })
    }

    /// Appends `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes).map_err(|error| fault::at("cannot write", &self.path, error))?;
            self.len += bytes.len() as u64;
        }
        Ok(())
    }

    /// Makes it durable, to be put into `place` behind the `offset` bytes that are to be there. The file that comes with it is
    /// to be kept until the commit, where no store knows of it.
    pub(crate) fn prepare(mut self, place: &Path, offset: u64, epoch: u64) -> Result<(Prepared, Option<File>), Fault> {
        if let Some(file) = &self.file {
            file.sync_all().map_err(|error| fault::at("cannot write", &self.path, error))?;
            sync_dir(dir_of(place))?;
        }
        let file = self.file.take();
        let (aside, place, len) = (self.path.clone(), place.to_owned(), self.len);
        Ok((Prepared { aside, place, offset, len, epoch }, file))
    }
}

/// What was not prepared goes.
impl Drop for StagedFile {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Where it cannot be removed now, the next execution removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// What is prepared and not committed, of an execution without recovery: nobody else will commit it, so it goes with that.
#[derive(Debug)]
pub(crate) struct Held {
    path: PathBuf,
    _file: File,
}

impl Drop for Held {
    fn drop(&mut self) {
        // After the commit there is none of that name any more.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file written aside that is durable, and the place it is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    aside: PathBuf,
    place: PathBuf,
    offset: u64,
    len: u64,
    /// Not known of what earlier versions have prepared.
    #[serde(default)]
    epoch: u64,
}

impl Prepared {
    /// How long the file in place is once this is committed.
    pub(crate) fn end(&self) -> u64 {
        self.offset + self.len
    }

    /// Holds what is aside until the commit.
    pub(crate) fn hold(&self, file: File) -> Held {
        Held { path: self.aside.clone(), _file: file }
    }

    pub(crate) fn place(&self) -> &Path {
        &self.place
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(crate) fn is_for(&self, place: &Path) -> bool {
        self.place == place
    }

    /// Puts it in place. Where that was done before, nothing happens. `check` fails where another execution has taken over.
    ///
    /// This may be held up in each of its calls while a newer execution does the same and goes on from there: whatever is done
    /// after that finds nothing to rename, or writes what is there already.
    pub(crate) fn commit(&self, check: impl Fn() -> Result<(), Fault>) -> Result<(), Fault> {
        let fault = |error| fault::at("cannot put the file in place", &self.place, error);
        check()?;
        let mut aside = match File::open(&self.aside) {
            Ok(aside) => aside,
            Err(error) if error.kind() == ErrorKind::NotFound => return check().and_then(|()| self.is_in_place()),
            Err(error) => return Err(fault(error)),
        };
        if self.offset == 0 {
            drop(aside);
            return match fs::rename(&self.aside, &self.place) {
                Ok(()) => sync_dir(dir_of(&self.place)).and_then(|()| check()),
                Err(error) if error.kind() == ErrorKind::NotFound => check().and_then(|()| self.is_in_place()),
                Err(error) => Err(fault(error)),
            };
        }
        let mut place = match OpenOptions::new().write(true).open(&self.place) {
            Ok(place) => place,
            Err(error) if error.kind() == ErrorKind::NotFound => return check().and(Err(self.lost())),
            Err(error) => return Err(fault(error)),
        };
        // After the file is open: a stranger that comes later puts another one in its place, and this one is nobody's then.
        check()?;
        if place.metadata().map_err(fault)?.len() < self.offset {
            return Err(self.lost());
        }
        let mut append = |place: &mut File| {
            place.seek(SeekFrom::Start(self.offset))?;
            io::copy(&mut aside, place)?;
            place.sync_all()
        };
        append(&mut place).map_err(fault)?;
        match fs::remove_file(&self.aside) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(fault(error)),
            _ => check(),
        }
    }

    /// What was aside is not there any more: it was put in place before.
    fn is_in_place(&self) -> Result<(), Fault> {
        match fs::metadata(&self.place) {
            Ok(about) if about.len() >= self.end() => Ok(()),
            _ => Err(Fault::new("committed output no longer exists")
                .partition(self.place.display().to_string())
                .position(format!("bytes {} to {}", self.offset, self.end()))
                .help(PUT_BACK)),
        }
    }

    fn lost(&self) -> Fault {
        lost(&self.place, self.offset)
    }
}

const PUT_BACK: &str = "put the file back, or start over with an empty recovery directory";

/// The fault of a file that is shorter than what was committed to it.
#[cold]
pub(crate) fn lost(place: &Path, committed: u64) -> Fault {
    Fault::new("the file has lost committed output")
        .partition(place.display().to_string())
        .position(format!("byte {committed}"))
        .help(PUT_BACK)
}

const SUFFIX: &str = ".aside";

/// Removes what executions that ended early have left in `dir` of files meant for places whose names pass `is_ours`: whatever
/// is of older executions of the same store. Of strangers it removes what nobody holds any more; all of it where this execution
/// has taken the place over from them. `check` fails where it has lost the place since.
pub(crate) fn clean(
    dir: &Path,
    writing: Writing,
    taken: bool,
    is_ours: impl Fn(&str) -> bool,
    check: impl Fn() -> Result<(), Fault>,
) -> Result<(), Fault> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fault::at("cannot list the directory", dir, error)),
    };
    let listed: Vec<_> = entries.flatten().collect();
    // Whoever takes the place over does so before it writes anything aside: what was listed is of none that came later.
    check()?;
    for entry in listed {
        let name = entry.file_name();
        let Some((place, other)) = name.to_str().and_then(read_name) else { continue };
        let path = entry.path();
        let may_go = is_ours(place)
            && match writing.sees(&other) {
                Other::Same | Other::Newer => false,
                Other::Older => true,
                Other::Stranger => taken || (other.fence.is_none() && is_held_by_nobody(&path)),
            };
        if may_go {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(fault::at("cannot remove what an earlier execution left", &path, error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The place that a file aside is meant for, and the execution that made it.
fn read_name(name: &str) -> Option<(&str, Writing)> {
    let (place, made) = name.strip_prefix('.')?.strip_suffix(SUFFIX)?.rsplit_once('.')?;
    let (writing, _epoch) = made.rsplit_once('-')?;
    Some((place, Writing::read(writing)?))
}

/// True where the execution that wrote a file without recovery has ended.
fn is_held_by_nobody(path: &Path) -> bool {
    match File::open(path).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock | TryLockError::Error(_))) | Err(_) => false,
    }
}

pub(crate) fn dir_of(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

pub(crate) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Makes the names in a directory durable, where the system can.
fn sync_dir(dir: &Path) -> Result<(), Fault> {
    if cfg!(unix) {
        let sync = || File::open(dir)?.sync_all();
        sync().map_err(|error| fault::at("cannot write to the directory", dir, error))?;
    }
    Ok(())
}
