//! Which files the workers of an output write: their names, and that no other output of the flow writes them.

use super::fault;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::SinkCx;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The path of an ordinary file, there or not: behind links, and nothing else that a name can stand for. A device or a pipe
/// would be replaced by a file.
pub(super) fn ordinary(path: PathBuf) -> Result<PathBuf, Fault> {
    let about = match fs::metadata(&path) {
        Ok(about) => about,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(path),
        Err(error) => return Err(fault::at("cannot look at the file", &path, error)),
    };
    if about.is_dir() {
        return Err(fault::at("cannot write the file", &path, ErrorKind::IsADirectory.into()));
    }
    if !about.is_file() {
        let fault = Fault::new("cannot write the file: it is a device or a pipe").partition(path.display().to_string());
        return Err(fault.help("choose an ordinary file; for standard output there is `StdoutSink`"));
    }
    fs::canonicalize(&path).map_err(|error| fault::at("cannot look at the file", &path, error))
}

/// The files that each execution's outputs are writing in this process, and by which of them.
static CLAIMED: Mutex<BTreeMap<(u64, PathBuf), &'static str>> = Mutex::new(BTreeMap::new());

/// A file that one output writes, and no other.
#[derive(Debug)]
pub(super) struct Claim((u64, PathBuf));

impl Claim {
    pub(super) fn of(path: &Path, cx: &SinkCx) -> Result<Claim, Fault> {
        let path = std::path::absolute(path).map_err(|error| fault::at("cannot look at the file", path, error))?;
        let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
        match claimed.entry((cx.execution, path.clone())) {
            Entry::Vacant(entry) => {
                entry.insert(cx.step);
                Ok(Claim((cx.execution, path)))
            }
            Entry::Occupied(other) => {
                let what = format!("output `{}` is already writing this file", other.get());
                let help = "give each output its own file, or merge the streams before one output";
                Err(Fault::new(what).partition(path.display().to_string()).help(help))
            }
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        CLAIMED.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

/// The files that are there and would be those of a run with another number of workers.
pub(super) fn of_other_workers(path: &Path, workers: usize) -> Vec<PathBuf> {
    let (alone, from) = if workers > 1 { (Some(path.to_owned()), workers) } else { (None, 0) };
    // Without a gap: a name with a number further up is somebody else's.
    let numbered = (from..).map(|worker| of_worker(path, worker)).take_while(|path| path.is_file());
    alone.into_iter().filter(|path| path.is_file()).chain(numbered).collect()
}

/// True where two names can be of files that workers of one output write: `counts.txt`, `counts-0.txt`, `counts-1.txt`, …
pub(super) fn are_of_one_output(name: &str, other: &str) -> bool {
    let without_worker = |name: &str| {
        let path = Path::new(name);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ending = path.extension().map(|ending| ending.to_string_lossy().into_owned());
        let of_worker = |(stem, worker): (&str, &str)| worker.parse::<u64>().is_ok().then(|| stem.to_owned());
        (stem.rsplit_once('-').and_then(of_worker).unwrap_or(stem), ending)
    };
    name == other || without_worker(name) == without_worker(other)
}

/// `counts.txt` of worker 3 is `counts-3.txt`.
pub(super) fn of_worker(path: &Path, worker: usize) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let name = match path.extension() {
        Some(ending) => format!("{stem}-{worker}.{}", ending.to_string_lossy()),
        None => format!("{stem}-{worker}"),
    };
    path.with_file_name(name)
}
