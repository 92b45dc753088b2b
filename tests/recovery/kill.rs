//! SIGKILL at any moment: what is committed in the end is what an undisturbed run gives.
//!
//! `FLOWSTONE_KILL_ROUNDS=500 cargo test --release --all-features --test recovery kill` does it five hundred times, and a third as often
//! with sinks that are slow, fail and hang.

use crate::program::{Program, free_addresses, program};
use crate::random::Random;
use flowstone::parquet::ParquetSource;
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How many events there are, in how many files, of how many keys each.
const EVENTS: u64 = 30_000;
const FILES: u64 = 5;
const KEYS: u64 = 40;

/// A folder of events, the same each time.
pub(crate) fn events() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut random = Random::new(7);
    for file in 0..FILES {
        let mut text = String::new();
        for event in 0..EVENTS / FILES {
            let (key, late) = (file + FILES * random.below(KEYS), random.below(2_000));
            writeln!(text, "{key},{},{}", 1_000_000 + event * 20 - late, random.below(100)).unwrap();
        }
        std::fs::write(folder.path().join(format!("{file}.csv")), text).unwrap();
    }
    folder
}

/// Everything that is committed, in an order of its own.
pub(crate) fn committed(out: &Path) -> Vec<String> {
    let mut all = Vec::new();
    let rows = TestSink::new();
    read_sums(out.join("windows"), rows.clone()).run(&Config::default()).unwrap();
    all.extend(rows.take());
    all.extend(lines_in(&["lists", "late", "pairs"].map(|folder| out.join(folder))));
    all.sort();
    all
}

/// The lines of all files in `folders`, sorted, without what is not committed.
pub(crate) fn lines_in(folders: &[PathBuf]) -> Vec<String> {
    let mut all = Vec::new();
    for entry in folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()) {
        let entry = entry.unwrap();
        if !entry.file_name().to_string_lossy().starts_with('.') {
            all.extend(std::fs::read_to_string(entry.path()).unwrap().lines().map(String::from));
        }
    }
    all.sort();
    all
}

#[derive(Debug, Clone, Record)]
struct Sums {
    day: i64,
    key: u64,
    open: i64,
    events: u64,
    total: u64,
}

dataflow! {
    flow read_sums(folder: std::path::PathBuf, out: TestSink<String>) {
        input("sums", ParquetSource::<Sums>::new(folder))
            -> map("text", |row| format!("{row:?}"))
            -> output("out", out);
    }
}

/// The program on its way, in epochs of a few milliseconds.
pub(crate) fn start(events: &Path, out: &Path, store: &Path, workers: u64) -> Program {
    start_in_epochs(events, out, store, workers, "15ms")
}

/// The program on its way, in epochs of this length.
fn start_in_epochs(events: &Path, out: &Path, store: &Path, workers: u64, interval: &str) -> Program {
    program("killbed")
        .arg("--events")
        .arg(events)
        .arg("--out")
        .arg(out)
        .arg("-r")
        .arg(store)
        .args(&format!("-s {interval} -w {workers}"))
}

fn rounds() -> u64 {
    std::env::var("FLOWSTONE_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(25)
}

/// Kills a flow at any moment and starts it again until it ends, `rounds` times; `weak` says how its sinks are.
fn kill(rounds: u64, weak: impl Fn(u64) -> Option<u64>) {
    let events = events();
    let folder = tempfile::tempdir().unwrap();
    let (out, store) = (folder.path().join("out"), folder.path().join("store"));
    let ended = start(events.path(), &out, &store, 1).run();
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let expected = committed(&out);
    let lines = |word| expected.iter().filter(|line| line.starts_with(word)).count();
    assert!(lines("late") > 0 && lines("pair") > 3000 && expected.len() as u64 > EVENTS / 5);
    let mut kills = 0;
    for round in 0..rounds {
        let mut random = Random::new(round);
        let folder = tempfile::tempdir().unwrap();
        let (out, store) = (folder.path().join("out"), folder.path().join("store"));
        let mut longest = 60;
        for execution in 0.. {
            let workers = [1, 2, 4][random.below(3) as usize];
            let mut program = start(events.path(), &out, &store, workers);
            if let Some(seed) = weak(round) {
                program = program.env("WEAK", &(seed * 1000 + execution).to_string());
            }
            match program.start().end_or_kill(Duration::from_millis(random.below(longest))) {
                Some(ended) => {
                    assert_eq!(ended.code, Some(0), "round {round}: {}", ended.err);
                    break;
                }
                None => kills += 1,
            }
            longest += if weak(round).is_some() { 120 } else { 40 };
        }
        assert!(committed(&out) == expected, "round {round}: another output than undisturbed");
    }
    assert!(kills >= rounds, "only {kills} kills");
    eprintln!("{rounds} rounds, {kills} kills");
}

#[test]
fn killed_at_any_moment_a_flow_puts_out_the_same() {
    kill(rounds(), |_| None);
}

#[test]
fn killed_while_its_sinks_are_slow_fail_and_hang_a_flow_puts_out_the_same() {
    kill(rounds().div_ceil(3), Some);
}

#[test]
fn where_every_batch_is_an_epoch_each_start_gets_further() {
    const STARTS: u64 = 40;
    let events = events();
    let folder = tempfile::tempdir().unwrap();
    let (out, store) = (folder.path().join("out"), folder.path().join("store"));
    assert_eq!(start(events.path(), &out, &store, 1).run().code, Some(0));
    let expected = committed(&out);
    for round in 0..rounds().div_ceil(25) {
        let mut random = Random::new(2000 + round);
        let folder = tempfile::tempdir().unwrap();
        let (out, store) = (folder.path().join("out"), folder.path().join("store"));
        let mut longest = 400;
        let ended = (0..STARTS).find_map(|_| {
            let running = start_in_epochs(events.path(), &out, &store, 3, "0s").start();
            // A busy machine needs longer only to start.
            longest += 60;
            running.end_or_kill(Duration::from_millis(random.below(longest)))
        });
        let ended = ended.unwrap_or_else(|| panic!("round {round}: not at its end after {STARTS} starts"));
        assert_eq!(ended.code, Some(0), "round {round}: {}", ended.err);
        assert!(committed(&out) == expected, "round {round}: another output than undisturbed");
    }
}

#[test]
fn a_process_of_a_cluster_that_is_killed_ends_all_and_nothing_is_lost() {
    let events = events();
    let folder = tempfile::tempdir().unwrap();
    let (out, store) = (folder.path().join("out"), folder.path().join("store"));
    assert_eq!(start(events.path(), &out, &store, 1).run().code, Some(0));
    let expected = committed(&out);
    for round in 0..rounds().div_ceil(5) {
        let mut random = Random::new(1000 + round);
        let folder = tempfile::tempdir().unwrap();
        let (out, store) = (folder.path().join("out"), folder.path().join("store"));
        let mut longest = 200;
        loop {
            let addresses = free_addresses(2);
            let process = |process| {
                let program = start(events.path(), &out, &store, 2).args("--peer-timeout 2s");
                program.in_cluster(process, &addresses).start()
            };
            let (first, second) = (process(0), process(1));
            let (killed, other) = if random.below(2) == 0 { (first, second) } else { (second, first) };
            let ended = killed.end_or_kill(Duration::from_millis(random.below(longest)));
            let other = other.end();
            if ended.is_some_and(|ended| ended.code == Some(0)) {
                assert_eq!(other.code, Some(0), "round {round}: {}", other.err);
                break;
            }
            longest += 100;
        }
        assert!(committed(&out) == expected, "round {round}: another output than undisturbed");
    }
}
