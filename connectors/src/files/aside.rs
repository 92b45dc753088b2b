//! Files written aside and put in place when their epoch is committed: [`Aside`], [`Prepared`].
//!
//! What a writer gets in an epoch goes to a hidden file beside the place it is meant for. `prepare` makes it durable,
//! `commit` puts it in place:
//! - where there is nothing to keep in that place, by renaming it, which every file system does at once;
//! - where the place holds what earlier epochs brought, by appending it behind them.
//!
//! Appending can be cut short, so [`Prepared`] holds the length that the file had before. A commit that is called again
//! first cuts the file to that length, so doing it twice comes to the same as doing it once. Readers that come along during
//! the append see some of the epoch's lines, and later the rest.
//!
//! A hidden file that no commit needs any more is removed: by the writer that made it when it is dropped, and by the next
//! execution where that could not be. The names hold the execution, so two executions do not write the same file.

use super::fault;
use flowstone_runtime::error::Fault;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file that is written aside.
#[derive(Debug)]
pub(crate) struct Aside {
    /// Absent once it has been prepared.
    file: Option<File>,
    path: PathBuf,
    len: u64,
}

impl Aside {
    /// Begins to write what is meant for `place`.
    pub(crate) fn create(place: &Path, execution: u64, epoch: u64) -> Result<Aside, Fault> {
        let dir = dir_of(place);
        fs::create_dir_all(dir).map_err(|error| fault::at("cannot make the directory", dir, error))?;
        let path = dir.join(format!(".{}.{execution:x}-{epoch:x}{SUFFIX}", name_of(place)));
        let file = File::create(&path).map_err(|error| fault::at("cannot write to the directory", dir, error))?;
        Ok(Aside { file: Some(file), path, len: 0 })
    }

    /// Appends `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if let Some(file) = &mut self.file {
            file.write_all(bytes).map_err(|error| fault::at("cannot write", &self.path, error))?;
            self.len += bytes.len() as u64;
        }
        Ok(())
    }

    /// Makes it durable, to be put into `place` behind the `offset` bytes that are to be there.
    pub(crate) fn prepare(mut self, place: &Path, offset: u64) -> Result<Prepared, Fault> {
        if let Some(file) = &self.file {
            file.sync_all().map_err(|error| fault::at("cannot write", &self.path, error))?;
            sync_dir(dir_of(place))?;
        }
        self.file = None;
        Ok(Prepared { aside: self.path.clone(), place: place.to_owned(), offset, len: self.len })
    }
}

/// What was not prepared goes.
impl Drop for Aside {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // Where it cannot be removed now, the next execution removes it.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A file written aside that is durable, and the place it is meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    aside: PathBuf,
    place: PathBuf,
    offset: u64,
    len: u64,
}

impl Prepared {
    /// How long the file in place is once this is committed.
    pub(crate) fn end(&self) -> u64 {
        self.offset + self.len
    }

    pub(crate) fn is_for(&self, place: &Path) -> bool {
        self.place == place
    }

    /// Puts it in place. Where that was done before, nothing happens.
    pub(crate) fn commit(&self) -> Result<(), Fault> {
        let fault = |error| fault::at("cannot put the file in place", &self.place, error);
        let mut aside = match File::open(&self.aside) {
            Ok(aside) => aside,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return match fs::metadata(&self.place) {
                    Ok(about) if about.len() >= self.end() => Ok(()),
                    _ => Err(Fault::new("output that was committed is not there any more")
                        .partition(self.place.display().to_string())
                        .position(format!("bytes {} to {}", self.offset, self.end()))
                        .help("put the file back, or start anew with an empty recovery directory")),
                };
            }
            Err(error) => return Err(fault(error)),
        };
        if self.offset == 0 {
            drop(aside);
            fs::rename(&self.aside, &self.place).map_err(fault)?;
            return sync_dir(dir_of(&self.place));
        }
        let mut place = OpenOptions::new().write(true).open(&self.place).map_err(fault)?;
        if place.metadata().map_err(fault)?.len() < self.offset {
            return Err(Fault::new("the file has lost what was committed to it")
                .partition(self.place.display().to_string())
                .position(format!("byte {}", self.offset))
                .help("put the file back, or start anew with an empty recovery directory"));
        }
        let mut append = |place: &mut File| {
            place.set_len(self.offset)?;
            place.seek(SeekFrom::Start(self.offset))?;
            io::copy(&mut aside, place)?;
            place.sync_all()
        };
        append(&mut place).map_err(fault)?;
        fs::remove_file(&self.aside).map_err(fault)
    }
}

const SUFFIX: &str = ".aside";

/// Removes what executions that ended early have left in `dir` of files meant for places whose names pass `is_ours`.
pub(crate) fn clean(dir: &Path, is_ours: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(fault::at("cannot list the directory", dir, error)),
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let place = name.to_str().and_then(|name| name.strip_prefix('.')?.strip_suffix(SUFFIX)?.rsplit_once('.'));
        if place.is_some_and(|(place, _)| is_ours(place)) {
            let path = entry.path();
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
