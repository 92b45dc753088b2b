//! SIGINT, SIGTERM and SIGHUP end a flow cleanly, a second one at once.

use super::program::{Ended, free_addresses, testbed};
use std::fs::DirEntry;
use std::path::Path;

/// A file that nobody is to read yet.
pub(crate) fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().to_string_lossy().starts_with(['.', '_'])
}

/// The numbers in the files of a directory.
fn written(folder: &Path) -> Vec<u64> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        assert!(!is_hidden(&entry), "{:?} was left", entry.path());
        let text = std::fs::read_to_string(entry.path()).unwrap();
        numbers.extend(text.lines().map(|line| line.parse::<u64>().unwrap()));
    }
    numbers.sort();
    numbers
}

fn ended_well(ended: &Ended) {
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.lines().all(|line| line.starts_with("out: ")), "{}", ended.err);
}

#[test]
fn a_signal_ends_an_endless_flow_with_all_it_wrote() {
    for signal in ["INT", "TERM", "HUP"] {
        for workers in ["-w 1", "-w 2"] {
            let folder = tempfile::tempdir().unwrap();
            // No epoch ends before the signal comes.
            let mut running = testbed("endless").arg("--out").arg(folder.path()).args("-s 1h").args(workers).start();
            running.wait_for("ready");
            running.signal(signal);
            ended_well(&running.end());
            let numbers = written(folder.path());
            assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
            assert!(!numbers.is_empty());
        }
    }
}

#[test]
fn every_process_of_a_cluster_ends_cleanly() {
    signal_cluster(&[0, 1]);
}

#[test]
fn a_signal_to_one_process_ends_all() {
    signal_cluster(&[0]);
    signal_cluster(&[1]);
}

fn signal_cluster(signalled: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    let addresses = free_addresses(2);
    let start = |process| {
        testbed("endless").arg("--out").arg(folder.path()).args("-s 1h").in_cluster(process, &addresses).start()
    };
    let mut running = [start(0), start(1)];
    running.iter_mut().for_each(|running| running.wait_for("ready"));
    signalled.iter().for_each(|&process| running[process].signal("TERM"));
    running.into_iter().for_each(|running| ended_well(&running.end()));
    let numbers = written(folder.path());
    assert_eq!(numbers, (0..numbers.len() as u64).collect::<Vec<_>>());
    assert!(!numbers.is_empty());
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let mut running = testbed("stuck").start();
    running.wait_for("ready");
    // Two of a kind could be taken for one.
    running.signal("INT");
    running.signal("TERM");
    let ended = running.end();
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), ""));
}
