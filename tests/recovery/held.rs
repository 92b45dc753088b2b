//! An execution is held in one system call of its commits, or of its recovery, while another takes over and runs to its end.
//!
//! `strace` holds it: it delays the n-th call of a kind on the worker's thread. Which calls there are is found out by a run
//! that nothing disturbs, so that none is left out, whatever a sink does. Every one of them is tried: those that touch the
//! output. The store's own operations are held in `runtime/tests/faults/taken_over.rs`.

use crate::program::{Ended, Program, Running, program};
use flowstone::parquet::ParquetSource;
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How many numbers there are, each an epoch.
const NUMBERS: u64 = 3;
/// How long a call is held, in seconds: the other execution takes a tenth of a second, on a machine with nothing else to do.
const HELD: &str = "1500ms";
/// Executions held at a time: they cost nothing meanwhile.
const AT_A_TIME: usize = 12;
/// One test after the other: with more executions at a time the machine would be too slow for them to end in time.
static ALONE: Mutex<()> = Mutex::new(());

/// False where there is no strace.
fn can_hold() -> bool {
    // In some containers it is there and may not trace.
    if Command::new("strace").args(["-o", "/dev/null", "true"]).status().is_ok_and(|status| status.success()) {
        return true;
    }
    assert!(
        std::env::var_os("FLOWSTONE_FORBID_SKIP").is_none(),
        "strace is not there, or may not trace: apt install strace"
    );
    eprintln!("SKIPPED, since strace is not there, or may not trace: apt install strace");
    false
}

/// A kind of sink, and where everything of one try is.
struct Try {
    kind: &'static str,
    folder: TempDir,
}

impl Try {
    fn new(kind: &'static str) -> Try {
        Try { kind, folder: tempfile::tempdir().unwrap() }
    }

    /// A try that begins with what an execution has left that was aborted before its second epoch was in place.
    fn after_an_abort(kind: &'static str) -> Try {
        let begun = Try::new(kind);
        let ended = begun.program(&[]).env("DIES_AT", "2").run();
        assert!(ended.code.is_none() && begun.read() == [0], "{kind}: {}", ended.err);
        begun
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    fn trace(&self) -> PathBuf {
        self.folder.path().join("trace")
    }

    /// The program with its arguments, traced where there are arguments for strace.
    fn program(&self, traced: &[&str]) -> Program {
        let mut begun = program("heldbed");
        if !traced.is_empty() {
            let trace = self.trace();
            let first = ["-f", "-y", "-o", trace.to_str().unwrap()];
            begun = begun.under("strace", first.iter().chain(traced));
        }
        let out = if self.kind == "file" { self.out().join("numbers.txt") } else { self.out() };
        begun
            .env("HELDBED", self.kind)
            .args(&format!("--numbers {NUMBERS} -s 0s"))
            .arg("--out")
            .arg(out)
            .arg("-r")
            .arg(self.folder.path().join("store"))
    }

    /// What readers see.
    fn read(&self) -> Vec<u64> {
        let mut numbers = Vec::new();
        if self.kind == "table" {
            let rows = TestSink::new();
            read_table(self.out(), rows.clone()).run(&Config::default()).unwrap();
            numbers.extend(rows.take());
        } else {
            for entry in fs::read_dir(self.out()).unwrap().map(Result::unwrap) {
                if !entry.file_name().to_string_lossy().starts_with('.') {
                    let text = fs::read_to_string(entry.path()).unwrap();
                    numbers.extend(text.lines().map(|line| line.parse::<u64>().unwrap()));
                }
            }
        }
        numbers.sort_unstable();
        numbers
    }

    /// The calls of the worker's thread that touch the output, in a run that nothing disturbs: each by its name and its number
    /// among those of this name.
    fn calls(&self) -> Vec<(String, usize)> {
        let ended = self.program(&["-e", "trace=all"]).run();
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        let trace = String::from_utf8_lossy(&fs::read(self.trace()).unwrap()).into_owned();
        let out = self.out().display().to_string();
        let worker = trace.split_whitespace().next().unwrap().to_owned();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut calls = Vec::new();
        for line in trace.lines() {
            let Some((thread, call)) = line.split_once(char::is_whitespace) else { continue };
            let Some((name, arguments)) = call.trim_start().split_once('(') else { continue };
            if thread != worker
                || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            {
                continue;
            }
            let count = counts.entry(name.to_owned()).or_default();
            *count += 1;
            // What a call returns says nothing of where a program can be held.
            let changes_nothing = ["close", "fcntl", "readlink", "execve", "newfstatat", "read"].contains(&name);
            if arguments.contains(&out) && !changes_nothing {
                calls.push((name.to_owned(), *count));
            }
        }
        calls
    }

    /// Holds the program in the call `number` of those called `name` while another one runs to its end. True where it was
    /// held until then.
    fn hold(&self, name: &str, number: usize) -> bool {
        let inject = format!("inject={name}:delay_enter={HELD}:when={number}");
        let mut held = self.program(&["-e", &format!("trace={name}"), "-e", &inject]).start();
        let reached = wait_until_held(&mut held);
        let place = format!("{} held in {name} {number}", self.kind);
        let expected: Vec<u64> = (0..NUMBERS).collect();
        let other = self.program(&[]).run();
        let meanwhile = reached && !held.has_ended() && is_held(&held);
        let before = self.read();
        let ended = held.end();
        if meanwhile {
            assert_eq!((other.code, before), (Some(0), expected.clone()), "{place}: the other one: {}", other.err);
        }
        // Where it was held before its take-over, and not for long enough, it has taken over from the other one.
        assert!([&ended, &other].iter().any(|ended| ended.code == Some(0)), "{place}: {} {}", ended.err, other.err);
        assert_ended_well(&ended, &place);
        assert_ended_well(&other, &place);
        assert_eq!(self.read(), expected, "{place}: {}", ended.err);
        // Whoever comes next finds a sound store and output.
        let next = self.program(&[]).run();
        assert_eq!(next.code, Some(0), "{place}: {}", next.err);
        assert_eq!(self.read(), expected, "{place}: after one more");
        meanwhile
    }
}

/// It was through with everything, or found out that it was taken over.
fn assert_ended_well(ended: &Ended, place: &str) {
    let fenced = ["another execution", "a newer execution"].iter().any(|words| ended.err.contains(words));
    assert!(ended.code == Some(0) || fenced, "{place}: {:?} {}", ended.code, ended.err);
}

/// Waits until strace holds the program; false where it ends before that.
fn wait_until_held(held: &mut Running) -> bool {
    let begun = Instant::now();
    let mut seen = 0;
    while seen < 8 {
        if held.has_ended() {
            return false;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the program neither ends nor is held");
        seen = if is_held(held) { seen + 1 } else { 0 };
        // A call that is not delayed is held for microseconds: not at eight looks in a row.
        std::thread::park_timeout(Duration::from_millis(8));
    }
    true
}

/// True where the thread of the traced program's worker stands in front of a call.
fn is_held(strace: &Running) -> bool {
    let Some(child) = traced(strace) else { return false };
    let status = fs::read_to_string(format!("/proc/{child}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && line.contains("tracing stop"))
}

/// The process that strace traces.
fn traced(strace: &Running) -> Option<String> {
    let id = strace.id();
    let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).ok()?;
    children.split_whitespace().next().map(str::to_owned)
}

#[derive(Debug, Clone, Record)]
struct Row {
    number: u64,
}

dataflow! {
    flow read_table(folder: PathBuf, out: TestSink<u64>) {
        input("rows", ParquetSource::<Row>::new(folder)) -> map("number", |row| row.number) -> output("out", out);
    }
}

/// Tries every call, several at a time. `begin` makes a try and what it begins with.
fn try_all(kind: &'static str, begin: impl Fn() -> Try + Sync) {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let calls = begin().calls();
    let names: BTreeSet<&str> = calls.iter().map(|(name, _)| name.as_str()).collect();
    assert!(["write", "fsync", "openat"].iter().all(|name| names.contains(name)), "{kind}: {names:?}");
    assert!(names.contains("rename") || names.contains("unlink"), "{kind}: {names:?}");
    let (next, held) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                while let Some((name, number)) = calls.get(next.fetch_add(1, Ordering::Relaxed)) {
                    held.fetch_add(usize::from(begin().hold(name, *number)), Ordering::Relaxed);
                }
            });
        }
    });
    let held = held.into_inner();
    eprintln!("{kind}: held in {held} of {} calls ({names:?}) until another one had ended", calls.len());
    assert!(2 * held > calls.len(), "{kind}: the other execution ended in time in {held} of {} only", calls.len());
}

fn held_in_its_commits(kind: &'static str) {
    if can_hold() {
        try_all(kind, || Try::new(kind));
    }
}

/// The execution that is held goes on from one that was aborted.
fn held_in_its_recovery(kind: &'static str) {
    if can_hold() {
        try_all(kind, || Try::after_an_abort(kind));
    }
}

#[test]
fn held_in_a_commit_to_a_file() {
    held_in_its_commits("file");
}

#[test]
fn held_in_a_commit_to_a_directory() {
    held_in_its_commits("dir");
}

#[test]
fn held_in_a_commit_to_parquet_files() {
    held_in_its_commits("table");
}

#[test]
fn held_in_the_recovery_of_a_file() {
    held_in_its_recovery("file");
}

#[test]
fn held_in_the_recovery_of_a_directory() {
    held_in_its_recovery("dir");
}

#[test]
fn held_in_the_recovery_of_parquet_files() {
    held_in_its_recovery("table");
}
