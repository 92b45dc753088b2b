//! Which files a source reads, and in which order: [`Files`], [`Turns`].

use super::fault;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::Waker;
use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The files of a source.
#[derive(Clone, Debug)]
pub(crate) enum Files {
    These(Vec<PathBuf>),
    In { dir: PathBuf, pattern: Option<String>, deep: bool },
}

impl Files {
    /// The files by name, each once.
    pub(crate) fn names(&self) -> Result<Vec<String>, Fault> {
        let paths = match self {
            Files::These(paths) => paths.clone(),
            Files::In { dir, pattern, deep } => {
                let mut found = Vec::new();
                walk(dir, pattern.as_deref(), *deep, &mut found)?;
                found.sort();
                found
            }
        };
        let mut names = Vec::with_capacity(paths.len());
        let mut seen = BTreeSet::new();
        for path in paths {
            let Some(name) = path.to_str() else {
                return Err(Fault::new("a file's name is not UTF-8")
                    .partition(path.display().to_string())
                    .help("rename it; partitions are known by their names"));
            };
            if !seen.insert(name.to_owned()) {
                return Err(Fault::new("a file is listed twice").partition(name).help("list each file once"));
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }
}

/// Collects the files of `dir`: neither hidden ones, nor those that sinks write aside.
fn walk(dir: &Path, pattern: Option<&str>, deep: bool, found: &mut Vec<PathBuf>) -> Result<(), Fault> {
    let fault = |error| fault::at("cannot list the directory", dir, error);
    for entry in fs::read_dir(dir).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let kind = fs::metadata(&path).map_err(|error| fault::at("cannot look at the file", &path, error))?;
        if kind.is_dir() {
            if deep {
                walk(&path, pattern, deep, found)?;
            }
        } else if pattern.is_none_or(|pattern| matches(pattern, &name)) {
            found.push(path);
        }
    }
    Ok(())
}

/// True where `name` is as `pattern` says: `*` stands for any text, `?` for any character.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n) = (0, 0);
    // Where the last `*` stands, and how much of the name it stands for.
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(&c) if c == '?' || c == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                p = at + 1;
                n = taken + 1;
            }
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}

/// The size of the file at `path`; a fault where it is not there, cannot be read, or is no file.
pub(crate) fn size(path: &Path) -> Result<u64, Fault> {
    let fault = |error| fault::at("cannot open the file", path, error);
    let about = fs::metadata(path).map_err(fault)?;
    if about.is_dir() {
        return Err(fault(Error::from(ErrorKind::IsADirectory)));
    }
    if about.is_file() {
        // A file that may not be read says so before the flow has begun, and not at its turn.
        fs::File::open(path).map_err(fault)?;
    }
    Ok(about.len())
}

/// Lets the readers of one worker read one after the other, in the order in which they were opened, so that few files are
/// open at a time and a worker's files come in order.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<usize, Arc<Mutex<Queue>>>>);

#[derive(Default)]
struct Queue {
    next: u64,
    waiting: BTreeSet<u64>,
}

impl Turns {
    /// A place at the end of the queue of `worker`.
    pub(crate) fn queue_up(&self, worker: usize, waker: Waker) -> Turn {
        let queue = Arc::clone(lock(&self.0).entry(worker).or_default());
        let number = {
            let mut queue = lock(&queue);
            let number = queue.next;
            queue.next += 1;
            queue.waiting.insert(number);
            number
        };
        Turn { queue, number, waker }
    }
}

/// A copy of a source has queues of its own: it may be the same source in another flow.
impl Clone for Turns {
    fn clone(&self) -> Self {
        Turns::default()
    }
}

impl std::fmt::Debug for Turns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Turns")
    }
}

/// A place in a queue, left when it is dropped.
pub(crate) struct Turn {
    queue: Arc<Mutex<Queue>>,
    number: u64,
    waker: Waker,
}

impl Turn {
    /// True where nobody is in front.
    pub(crate) fn has_come(&self) -> bool {
        lock(&self.queue).waiting.first() == Some(&self.number)
    }

    /// Leaves the queue: the next one's turn has come.
    pub(crate) fn pass(&self) {
        if lock(&self.queue).waiting.remove(&self.number) {
            self.waker.wake();
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.pass();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("*.txt", "a.txt", true),
            ("*.txt", "a.txt.gz", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("part-?.csv", "part-7.csv", true),
            ("part-?.csv", "part-77.csv", false),
            ("", "a", false),
            ("?", "ü", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn turns_come_in_order() {
        let turns = Turns::default();
        let waker = Waker::new(|| ());
        let (a, b, other) =
            (turns.queue_up(0, waker.clone()), turns.queue_up(0, waker.clone()), turns.queue_up(1, waker));
        assert!(a.has_come() && !b.has_come() && other.has_come());
        drop(a);
        assert!(b.has_come());
    }
}
