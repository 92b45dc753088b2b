//! Which execution an output belongs to, written beside it: [`Ownership`].
//!
//! An execution that was held up in the middle of a system call must do no harm when it wakes up after another one has taken
//! the flow over. No lock is held for that, so that nobody waits for an execution that is suspended:
//!
//! - Whoever writes an output first makes a hidden file beside it, `.PLACE.STORE-GENERATION-EXECUTION.owner`, then lists those
//!   that are there, and fails where one is newer than its own; then it removes the others. An execution whose file is not
//!   there any more has lost the output. Of two that do this at once, at least one sees the other.
//! - Before each change it looks whether its file is there. It can be held up after that look, so each change is one that
//!   does no harm when it is late. Executions of one store have the same output to put in place, and do the same to the same
//!   effect. Where they have nothing in common (another store, or none), the newer one removes what the other has aside before
//!   it changes anything, so that there is nothing left to be renamed, and begins with a new file: what the older one has
//!   opened before is not in that place any more.
//!
//! The file also holds the last epoch that was put in place. A store that was put back to an older state does not know of that
//! epoch, and would have the flow put it out again: that is refused.

use super::fault;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Fence, SinkCx};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

const SUFFIX: &str = ".owner";

/// An execution, as names of files have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Writing {
    pub(crate) execution: u64,
    /// Absent in a flow without recovery.
    pub(crate) fence: Option<Fence>,
}

impl Writing {
    pub(crate) fn of(cx: &SinkCx) -> Writing {
        Writing { execution: cx.execution, fence: cx.recovery.then_some(cx.fence) }
    }

    /// `STORE-GENERATION-EXECUTION`, or `EXECUTION` without recovery.
    pub(crate) fn name(&self) -> String {
        match self.fence {
            Some(Fence { store, generation, .. }) => format!("{store:x}-{generation:x}-{:x}", self.execution),
            None => format!("{:x}", self.execution),
        }
    }

    /// The execution that a name is of.
    pub(crate) fn read(name: &str) -> Option<Writing> {
        let numbers: Option<Vec<u64>> = name.split('-').map(|number| u64::from_str_radix(number, 16).ok()).collect();
        match numbers?[..] {
            [execution] => Some(Writing { execution, fence: None }),
            [store, generation, execution] => {
                Some(Writing { execution, fence: Some(Fence { store, generation, epoch: 0 }) })
            }
            _ => None,
        }
    }

    /// How `other` stands to this execution.
    pub(crate) fn sees(&self, other: &Writing) -> Other {
        match (self.fence, other.fence) {
            (Some(mine), Some(theirs)) if mine.store == theirs.store => {
                match (theirs.generation.cmp(&mine.generation), other.execution == self.execution) {
                    (std::cmp::Ordering::Less, _) => Other::Older,
                    (std::cmp::Ordering::Equal, true) => Other::Same,
                    // Two executions of one generation: the store was put back between them.
                    _ => Other::Newer,
                }
            }
            (None, None) if self.execution == other.execution => Other::Same,
            _ => Other::Stranger,
        }
    }
}

/// What another execution is to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Other {
    Same,
    /// An earlier one of the same store.
    Older,
    /// A later one of the same store.
    Newer,
    /// One of another store, or of none.
    Stranger,
}

/// The output that is to be owned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OutputFile<'a> {
    pub(crate) dir: &'a Path,
    /// The name of the output, or of this worker's part in it.
    pub(crate) name: &'a str,
    /// True where strangers are to lose it; false where they write files of their own beside.
    pub(crate) exclusive: bool,
}

/// An output that belongs to this execution.
#[derive(Debug)]
pub(crate) struct Ownership {
    path: PathBuf,
    file: File,
    output: PathBuf,
    recovery: bool,
    /// The last epoch that is in place, and where it ends.
    last: Option<(u64, u64)>,
}

impl Ownership {
    /// Takes the output over from earlier executions. `is_part` says of a name whether it is of the same output, on whichever
    /// worker; `resumes` whether this execution goes on with what an earlier one has put there.
    pub(crate) fn take(
        place: OutputFile<'_>,
        writing: Writing,
        is_part: impl Fn(&str) -> bool,
        resumes: bool,
    ) -> Result<Ownership, Fault> {
        let OutputFile { dir, name, exclusive } = place;
        let output = dir.join(name);
        let path = dir.join(format!(".{name}.{}{SUFFIX}", writing.name()));
        let cannot = |error| fault::at("cannot write to the directory", dir, error);
        fs::create_dir_all(dir).map_err(cannot)?;
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(cannot)?;
        let mut own = Ownership { last: read(&path), path, file, output, recovery: writing.fence.is_some() };
        let mut lost: Vec<PathBuf> = Vec::new();
        let (mut older, mut stranger) = (own.last.is_some(), None);
        for (other, other_name, at) in listed(dir)?.into_iter().filter(|(_, name, _)| is_part(name)) {
            let sees = writing.sees(&other);
            let last = read(&at);
            match sees {
                Other::Newer => return own.refuse(own.newer(&other)),
                Other::Older => {
                    let known = writing.fence.map_or(0, |fence| fence.epoch);
                    if let Some((epoch, _)) = last.filter(|(epoch, _)| *epoch >= known) {
                        return own.refuse(own.later(epoch, known));
                    }
                }
                Other::Same | Other::Stranger => {}
            }
            if other_name != name {
                continue;
            }
            match sees {
                Other::Older => {
                    older = true;
                    own.last = own.last.max(last);
                    lost.push(at);
                }
                Other::Stranger if exclusive => {
                    stranger = Some(at.clone());
                    lost.push(at);
                }
                _ => {}
            }
        }
        if let (true, true, false, Some(stranger)) = (own.recovery, resumes, older, stranger) {
            return own.refuse(own.strange(&stranger));
        }
        own.write_down()?;
        for path in lost {
            remove(&path)?;
        }
        Ok(own)
    }

    fn refuse<T>(&self, fault: Fault) -> Result<T, Fault> {
        remove(&self.path)?;
        Err(fault)
    }

    /// Where the output ended when it was last written.
    pub(crate) fn end(&self) -> u64 {
        self.last.map_or(0, |(_, end)| end)
    }

    /// Fails where another execution has taken the output over.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        match fs::symlink_metadata(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Err(self.about("another execution has taken over what this one writes; it puts nothing more in place"))
            }
            Err(error) => Err(fault::at("cannot look at the file", &self.path, error)),
        }
    }

    /// Notes down that `epoch` is in place, up to byte `end`.
    pub(crate) fn wrote(&mut self, epoch: u64, end: u64) -> Result<(), Fault> {
        if self.recovery && self.last < Some((epoch, end)) {
            self.last = Some((epoch, end));
            self.write_down()?;
        }
        Ok(())
    }

    /// The output is complete. Without recovery nobody will ask whose it is.
    pub(crate) fn release(&self) {
        if !self.recovery {
            let _ = fs::remove_file(&self.path);
        }
    }

    /// In one write, of a few bytes that are always as many.
    fn write_down(&mut self) -> Result<(), Fault> {
        let Some((epoch, end)) = self.last else { return Ok(()) };
        let text = format!("epoch {epoch:020} end {end:020}\n");
        let mut write = || {
            self.file.seek(SeekFrom::Start(0))?;
            self.file.write_all(text.as_bytes())
        };
        write().map_err(|error| fault::at("cannot write", &self.path, error))
    }

    #[cold]
    fn about(&self, what: &str) -> Fault {
        let help = "leave this one stopped: the newer execution continues from the last commit";
        Fault::new(what).partition(self.output.display().to_string()).help(help).fenced()
    }

    #[cold]
    fn newer(&self, other: &Writing) -> Fault {
        let by = other.execution;
        let help = "leave this one stopped: the newer execution continues from the last commit; where none was started, the \
                    recovery store was reset to an older state: restore its newest state, or start over with an empty \
                    recovery directory and without this output";
        self.about(&format!("a newer execution ({by:016x}) writes this output")).help(help)
    }

    #[cold]
    fn later(&self, epoch: u64, known: u64) -> Fault {
        let help = "restore the newest state of the recovery store, or start over with an empty recovery directory and \
                    without this output";
        let what =
            "the output has epochs that the recovery store does not know of: the store was reset to an older state";
        Fault::new(what)
            .partition(self.output.display().to_string())
            .position(format!("epoch {epoch} is in place, and the store ends before epoch {known}"))
            .help(help)
    }

    #[cold]
    fn strange(&self, other: &Path) -> Fault {
        let what = "another flow, or this one with another recovery store or none, has written the file since";
        Fault::new(what).partition(self.output.display().to_string()).help(format!(
            "start over with an empty recovery directory; or remove `{}`, where the file is as this flow left it, or has been \
             moved away since it is none of this flow's",
            other.display()
        ))
    }
}

impl Drop for Ownership {
    fn drop(&mut self) {
        self.release();
    }
}

/// The part of a worker in an output that several workers write to one directory.
pub(crate) fn part_of(step: &str, worker: usize) -> String {
    let mut name = String::new();
    for byte in step.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            name.push(byte.into());
        } else {
            name.push_str(&format!("%{byte:02x}"));
        }
    }
    format!("{name}-{worker:03}")
}

/// True where two parts are of one step.
pub(crate) fn same_step(part: &str, other: &str) -> bool {
    part.rsplit_once('-').map(|(step, _)| step) == other.rsplit_once('-').map(|(step, _)| step)
}

/// Who owns what in a directory: the execution, the output's name, the file that says so.
fn listed(dir: &Path) -> Result<Vec<(Writing, String, PathBuf)>, Fault> {
    let entries = fs::read_dir(dir).map_err(|error| fault::at("cannot list the directory", dir, error))?;
    let read = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let (place, writing) = name.to_str()?.strip_prefix('.')?.strip_suffix(SUFFIX)?.rsplit_once('.')?;
        Some((Writing::read(writing)?, place.to_owned(), entry.path()))
    };
    Ok(entries.flatten().filter_map(read).collect())
}

/// What an owner's file holds: the last epoch in place, and where it ends. `None` where nothing was ever put in place.
fn read(path: &Path) -> Option<(u64, u64)> {
    let text = fs::read_to_string(path).ok()?;
    let (epoch, end) = text.trim_end().strip_prefix("epoch ")?.split_once(" end ")?;
    Some((epoch.parse().ok()?, end.parse().ok()?))
}

fn remove(path: &Path) -> Result<(), Fault> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(fault::at("cannot remove what an earlier execution left", path, error))
        }
        _ => Ok(()),
    }
}
