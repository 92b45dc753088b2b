//! Process 0 has taken over and waits for process 1; another execution takes over and runs to its end; then process 1 joins.

use crate::program::{Ended, Program, Running, free_addresses, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const NUMBERS: u64 = 6;

fn process(kind: &str, folder: &Path, process: usize, addresses: &[String]) -> Program {
    let out = if kind == "file" { folder.join("out/numbers.txt") } else { folder.join("out") };
    program("heldbed")
        .env("HELDBED", kind)
        .args(&format!("--numbers {NUMBERS} -s 0s --peer-timeout 50s"))
        .arg("--out")
        .arg(out)
        .arg("-r")
        .arg(folder.join("store"))
        .in_cluster(process, addresses)
}

/// Both processes to their end.
fn cluster(kind: &str, folder: &Path, dies_at: Option<&str>) -> [Ended; 2] {
    let addresses = free_addresses(2);
    let running: Vec<Running> = (0..2)
        .map(|number| {
            let process = process(kind, folder, number, &addresses);
            let process = if let Some(at) = dies_at { process.env("DIES_AT", at) } else { process };
            process.start()
        })
        .collect();
    running.into_iter().map(Running::end).collect::<Vec<_>>().try_into().unwrap()
}

/// The number of the newest manifest.
fn newest(folder: &Path) -> u64 {
    let manifests = fs::read_dir(folder.join("store/manifests")).unwrap();
    manifests.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok()).max().unwrap()
}

/// The files that readers see.
fn seen(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.filter(|path| path.is_file() && !path.file_name().unwrap().to_str().unwrap().starts_with('.'));
    let mut files: Vec<_> = files.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    files.sort();
    files
}

#[test]
fn who_joins_an_execution_that_was_taken_over_changes_nothing() {
    for kind in ["file", "dir", "table"] {
        let folder: TempDir = tempfile::tempdir().unwrap();
        let folder = folder.path();
        // Something is left prepared.
        assert!(cluster(kind, folder, Some("2")).iter().any(|ended| ended.code.is_none()));
        let before = newest(folder);
        let addresses = free_addresses(2);
        let first = process(kind, folder, 0, &addresses).start();
        let begun = Instant::now();
        while newest(folder) == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "process 0 does not take over");
            std::thread::park_timeout(Duration::from_millis(5));
        }
        for ended in cluster(kind, folder, None) {
            assert_eq!(ended.code, Some(0), "{kind}: {}", ended.err);
        }
        let (right, store) = (seen(folder), newest(folder));
        if kind != "table" {
            let mut lines: Vec<u64> = Vec::new();
            for (_, bytes) in &right {
                lines.extend(String::from_utf8_lossy(bytes).lines().map(|line| line.parse::<u64>().unwrap()));
            }
            lines.sort_unstable();
            assert_eq!(lines, (0..NUMBERS).collect::<Vec<_>>(), "{kind}");
        }
        let second = process(kind, folder, 1, &addresses).start();
        let late = [first.end(), second.end()];
        for ended in &late {
            assert_eq!(ended.code, Some(1), "{kind}: {}", ended.err);
        }
        assert!(late.iter().any(|ended| ended.err.contains("another execution")), "{kind}: {late:?}");
        assert_eq!((seen(folder), newest(folder)), (right.clone(), store), "{kind}");
        // The newest state and output are whole.
        for ended in cluster(kind, folder, None) {
            assert_eq!(ended.code, Some(0), "{kind}: {}", ended.err);
        }
        assert_eq!(seen(folder), right, "{kind}");
    }
}
