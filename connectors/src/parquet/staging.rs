//! Files written aside and put in place: nobody sees half a file.
//!
//! A writer has a directory of its own under the sink's: `_flowstone_tmp/STEP.EXECUTION.WORKER/`, which readers of
//! Parquet pass over, as a name that starts with `_` is none of theirs. A file is written there, made durable when its
//! epoch ends, and renamed to its place when that epoch is committed. A lock on a file in the directory says that the
//! execution is alive; what belongs to a dead one is removed by [`StagedFiles::recover`], if it is an older one of the same store.
//! What that file holds says whether the execution had recovery: without it nothing can commit what it left, and the next
//! execution of any kind removes it.
//!
//! With recovery `_flowstone_tmp/.STEP-WORKER.STORE-GENERATION-EXECUTION.owner` stays: it says which execution is the newest, and
//! which epoch is in place.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::SinkCx;
use serde::{Deserialize, Serialize};

use super::fault::fault;
use super::hive;
use crate::files::owner::{self, Other, OutputFile, Ownership, Writing};

const ASIDE: &str = "_flowstone_tmp";
const LOCK: &str = "lock";
/// What the lock of an execution with recovery holds.
const RECOVERY: &[u8] = b"recovery";

/// What an epoch brought, written aside and durable. A commit puts it in place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[must_use = "only a commit puts the files in place"]
pub struct Prepared {
    /// Not known of what earlier versions have prepared.
    #[serde(default)]
    pub(crate) epoch: u64,
    pub(crate) files: Vec<PreparedFile>,
}

/// One file: where it is, and where it is to be, both seen from the sink's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PreparedFile {
    pub(crate) aside: String,
    pub(crate) place: String,
    pub(crate) rows: u64,
    pub(crate) bytes: u64,
}

impl Prepared {
    /// The paths that the files will have, seen from the sink's directory.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| file.place.as_str())
    }
}

/// A writer's directory.
#[derive(Debug)]
pub(crate) struct StagedFiles {
    root: PathBuf,
    step: String,
    writing: Writing,
    /// The output's part that is this worker's, and its ownership once it has been taken.
    part: String,
    owner: Option<Ownership>,
    worker: usize,
    workers: usize,
    recovery: bool,
    /// Held for as long as the execution is alive.
    _lock: Option<File>,
    /// Files that no epoch has prepared.
    loose: HashSet<String>,
    /// Directories of which the disk knows.
    durable: HashSet<PathBuf>,
    next: u64,
}

impl StagedFiles {
    pub(crate) fn open(root: &Path, cx: &SinkCx) -> Result<StagedFiles, Fault> {
        let mut aside = StagedFiles {
            root: root.to_owned(),
            step: hive::file_name(cx.step),
            writing: Writing::of(cx),
            part: owner::part_of(cx.step, cx.worker),
            owner: None,
            worker: cx.worker,
            workers: cx.workers,
            recovery: cx.recovery,
            _lock: None,
            loose: HashSet::new(),
            durable: HashSet::new(),
            next: 0,
        };
        let directory = aside.directory();
        // Another worker that ends may remove the directory above between the two steps of making this one.
        let mut tries = 0;
        while let Err(error) = fs::create_dir_all(&directory) {
            tries += 1;
            if error.kind() != ErrorKind::NotFound || tries == 8 {
                return Err(fault("cannot write under", root, error));
            }
        }
        let cannot_write = |error| fault("cannot write under", root, error);
        let mut lock = File::create(directory.join(LOCK)).map_err(cannot_write)?;
        if cx.recovery {
            lock.write_all(RECOVERY).map_err(cannot_write)?;
        }
        // Not every file system has locks; there, executions must not share a directory.
        aside._lock = lock.try_lock().is_ok().then_some(lock);
        if !cx.recovery {
            aside.remove_left_over()?;
        }
        Ok(aside)
    }

    fn directory(&self) -> PathBuf {
        self.root.join(ASIDE).join(self.name())
    }

    fn name(&self) -> String {
        format!("{}.{}.{}", self.step, self.writing.name(), self.worker)
    }

    /// The name of a new file aside, seen from the sink's directory, and its number.
    pub(crate) fn create(&mut self) -> Result<(String, u64, File), Fault> {
        let number = self.next;
        self.next += 1;
        // Without the ending of a Parquet file, which a pattern such as `**/*.parquet` would find.
        let name = format!("{ASIDE}/{}/{number:06}.part", self.name());
        let path = self.root.join(&name);
        let file = File::create(&path).map_err(|error| fault("cannot make the file", &path, error))?;
        self.loose.insert(name.clone());
        Ok((name, number, file))
    }

    /// Where the file `number` of `epoch` is to be, in `directory`.
    pub(crate) fn place(&self, directory: &str, epoch: u64, number: u64) -> String {
        let separator = if directory.is_empty() { "" } else { "/" };
        let (step, worker, execution) = (&self.step, self.worker, self.writing.execution);
        format!("{directory}{separator}{step}-e{epoch:08}-w{worker:03}-{execution:016x}-{number:06}.parquet")
    }

    /// Makes `files` durable.
    pub(crate) fn prepare(&mut self, files: &[PreparedFile]) -> Result<(), Fault> {
        if files.is_empty() {
            return Ok(());
        }
        let paths: Vec<PathBuf> = files.iter().map(|file| self.root.join(&file.aside)).collect();
        sync_all(&paths)?;
        let directory = self.directory();
        if self.durable.contains(&directory) {
            sync(&directory)?;
        } else {
            sync_all(&[directory.clone(), self.root.join(ASIDE), self.root.clone()])?;
            self.durable.insert(directory);
        }
        for file in files {
            self.loose.remove(&file.aside);
        }
        Ok(())
    }

    /// Fails where another execution has taken the output over.
    fn check(&self) -> Result<(), Fault> {
        self.owner.as_ref().map_or(Ok(()), Ownership::check)
    }

    /// Takes the output over from earlier executions. Without recovery there is nothing to be taken: every execution adds files
    /// of its own.
    fn own(&mut self) -> Result<(), Fault> {
        if self.recovery && self.owner.is_none() {
            let dir = self.root.join(ASIDE);
            let place = OutputFile { dir: &dir, name: &self.part, exclusive: false };
            let is_part = |other: &str| owner::same_step(&self.part, other);
            self.owner = Some(Ownership::take(place, self.writing, is_part, true)?);
        }
        Ok(())
    }

    /// Puts in place what was prepared, by whichever execution. What is in place already stays.
    ///
    /// Names hold the execution that wrote a file. So whoever is held up in here, and goes on after a newer execution has done
    /// the same, finds nothing to rename.
    pub(crate) fn commit(&mut self, prepared: &Prepared) -> Result<(), Fault> {
        if prepared.files.is_empty() {
            return Ok(());
        }
        self.own()?;
        self.check()?;
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        for file in &prepared.files {
            let (from, to) = (self.root.join(&file.aside), self.root.join(&file.place));
            let directory = to.parent().unwrap_or(&self.root);
            if !self.durable.contains(directory) && !changed.contains(directory) {
                fs::create_dir_all(directory).map_err(|error| fault("cannot make the directory", directory, error))?;
                let above = directory.ancestors().take_while(|path| path.starts_with(&self.root));
                changed.extend(above.map(Path::to_owned));
            }
            match fs::rename(&from, &to) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound && to.exists() => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    self.check()?;
                    let fault = Fault::new(format!("the file `{}` of a committed epoch is gone", from.display()));
                    return Err(fault
                        .cause(error)
                        .help("it was removed by hand, or the output's directory is another"));
                }
                Err(error) => return Err(fault("cannot put in place the file", &to, error)),
            }
            changed.insert(directory.to_owned());
        }
        let changed: Vec<PathBuf> = changed.into_iter().collect();
        sync_all(&changed)?;
        self.durable.extend(changed);
        self.check()?;
        self.owner.as_mut().map_or(Ok(()), |owner| owner.wrote(prepared.epoch, 0))
    }

    /// Removes what dead executions left aside. Each worker sees to those of the earlier workers that fall to it.
    pub(crate) fn recover(&mut self) -> Result<(), Fault> {
        self.own()?;
        self.remove_left_over()
    }

    fn remove_left_over(&self) -> Result<(), Fault> {
        let above = self.root.join(ASIDE);
        let entries = fs::read_dir(&above).map_err(|error| fault("cannot read the directory", &above, error))?;
        let entries: Vec<_> = entries.collect();
        self.check()?;
        for entry in entries {
            let entry = entry.map_err(|error| fault("cannot read the directory", &above, error))?;
            let path = entry.path();
            let may = |other: Writing| match self.writing.sees(&other) {
                Other::Same | Other::Newer => false,
                Other::Older => true,
                // Without recovery, or of an earlier version, which did not write down the store.
                Other::Stranger if other.fence.is_none() => {
                    self.recovery || fs::read(path.join(LOCK)).is_ok_and(|held| held != RECOVERY)
                }
                Other::Stranger => false,
            };
            if self.left_over(&entry.file_name().to_string_lossy()).is_some_and(may) && is_dead(&path) {
                match fs::remove_dir_all(&path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => {
                        return Err(fault("cannot remove what an earlier run left staged, in", &path, error));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// The execution of a worker's directory, where that falls to this worker.
    fn left_over(&self, name: &str) -> Option<Writing> {
        let mut parts = name.rsplitn(3, '.');
        let (worker, writing, step) = (parts.next()?, parts.next()?, parts.next()?);
        let worker: usize = worker.parse().ok()?;
        (step == self.step && worker % self.workers.max(1) == self.worker).then(|| Writing::read(writing))?
    }

    /// Removes a file that no epoch has prepared.
    pub(crate) fn discard(&mut self, name: &str) {
        self.loose.remove(name);
        // What cannot be removed now is removed by the next execution.
        let _ = fs::remove_file(self.root.join(name));
    }
}

impl Drop for StagedFiles {
    /// Removes what no epoch has prepared. What one has stays where there is recovery: the store may hold its commit, which
    /// another execution would finish.
    fn drop(&mut self) {
        for name in &self.loose {
            let _ = fs::remove_file(self.root.join(name));
        }
        let directory = self.directory();
        if !self.recovery {
            let _ = fs::remove_dir_all(&directory);
            let _ = fs::remove_dir(self.root.join(ASIDE));
            return;
        }
        let empty =
            fs::read_dir(&directory).is_ok_and(|entries| entries.flatten().all(|entry| entry.file_name() == LOCK));
        if empty {
            let _ = fs::remove_file(directory.join(LOCK));
            let _ = fs::remove_dir(&directory);
            let _ = fs::remove_dir(self.root.join(ASIDE));
        }
    }
}

/// True where the execution that `directory` belongs to has ended.
fn is_dead(directory: &Path) -> bool {
    match File::open(directory.join(LOCK)) {
        Ok(lock) => !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)),
        Err(error) => error.kind() == ErrorKind::NotFound,
    }
}

fn sync(path: &Path) -> Result<(), Fault> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| fault("cannot make durable", path, error))
}

/// Makes files and directories durable: a disk takes several at a time.
fn sync_all(paths: &[PathBuf]) -> Result<(), Fault> {
    const THREADS: usize = 8;
    let sync_some = |paths: &[PathBuf]| paths.iter().try_for_each(|path| sync(path));
    if paths.len() < 4 {
        return sync_some(paths);
    }
    let share = paths.len().div_ceil(THREADS);
    std::thread::scope(|scope| {
        let threads: Vec<_> = paths.chunks(share).map(|paths| scope.spawn(move || sync_some(paths))).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(Fault::new("a thread failed").cause(io::Error::other("it panicked"))))
        })
    })
}
