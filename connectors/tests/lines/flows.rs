//! Whole flows, on several workers.

use flowstone::prelude::*;
use flowstone_connectors::files::{DirSource, FileSink, FileSource, Line};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

dataflow! {
    flow count_words(text: PathBuf, out: PathBuf) {
        input("lines", FileSource::new(text).parallel())
            -> flat_map(|line| line.split(' ').map(|word| line.part(word).unwrap()).collect::<Vec<Line>>())
            -> key_on("word", |word| word.clone())
            -> count_final("count")
            -> output("out", FileSink::new(out));
    }

    flow copy(from: PathBuf, to: PathBuf) {
        input("lines", DirSource::new(from)) -> output("out", FileSink::new(to));
    }
}

/// All lines of all files in a directory, but hidden ones.
fn lines(dir: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if !entry.file_name().to_string_lossy().starts_with('.') {
            lines.extend(fs::read_to_string(entry.path()).unwrap().lines().map(str::to_owned));
        }
    }
    lines.sort();
    lines
}

#[test]
fn words_are_counted_on_any_number_of_workers() {
    let dir = TempDir::new().unwrap();
    let text = dir.path().join("text.txt");
    let words = ["to", "be", "or", "not", "perchance"];
    let mut expected: BTreeMap<&str, u32> = BTreeMap::new();
    let mut content = String::new();
    for number in 0..5000 {
        let pair = [words[number % 5], words[number * 7 % 3]];
        content += &format!("{} {}\n", pair[0], pair[1]);
        for word in pair {
            *expected.entry(word).or_default() += 1;
        }
    }
    fs::write(&text, content).unwrap();
    let expected: Vec<String> = expected.iter().map(|(word, count)| format!("{word}\t{count}")).collect();
    for workers in [1, 2, 4] {
        let out = dir.path().join(workers.to_string());
        count_words(text.clone(), out.join("counts.txt")).run(&Config::default().workers(workers)).unwrap();
        assert_eq!(lines(&out), expected);
        assert_eq!(fs::read_dir(&out).unwrap().count(), workers);
    }
}

#[test]
fn files_of_a_run_with_more_workers_are_named_and_left() {
    let dir = TempDir::new().unwrap();
    let (text, out) = (dir.path().join("text.txt"), dir.path().join("out"));
    fs::write(&text, "to be or not to be\n").unwrap();
    let run = |workers, store: Option<&Path>| {
        let mut config = Config::default().workers(workers);
        if let Some(store) = store {
            config = config.recovery(store.to_str().unwrap());
        }
        let report = count_words(text.clone(), out.join("counts.txt")).run(&config).unwrap();
        report.outputs.into_iter().next().unwrap().1
    };
    let named = |summary: &str| summary.split_once("not written by this run: ").map(|(_, names)| names.to_owned());
    let path = |name: &str| out.join(name).display().to_string();
    let store = dir.path().join("store");
    assert_eq!(named(&run(4, Some(&store))), None);
    // What goes on from the store has committed them itself.
    assert_eq!(named(&run(2, Some(&store))), None);
    assert_eq!(lines(&out), ["be\t2", "not\t1", "or\t1", "to\t2"]);
    let others = format!("{}, {}", path("counts-2.txt"), path("counts-3.txt"));
    assert_eq!(named(&run(2, None)), Some(others));
    let all: Vec<String> = (0..4).map(|worker| path(&format!("counts-{worker}.txt"))).collect();
    assert_eq!(named(&run(1, None)), Some(all.join(", ")));
    assert_eq!(named(&run(4, None)), Some(path("counts.txt")));
}

#[test]
fn more_files_than_can_be_open_are_read() {
    let dir = TempDir::new().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    fs::create_dir(&from).unwrap();
    for number in 0..1500 {
        fs::write(from.join(format!("{number:04}")), format!("{number}\n")).unwrap();
    }
    copy(from, to.join("all.txt")).run(&Config::default()).unwrap();
    let expected: String = (0..1500).map(|number| format!("{number}\n")).collect();
    assert_eq!(fs::read_to_string(to.join("all.txt")).unwrap(), expected);
}

#[test]
fn a_flow_that_fails_leaves_nothing_half_written() {
    let dir = TempDir::new().unwrap();
    let (from, to) = (dir.path().join("from"), dir.path().join("to"));
    fs::create_dir(&from).unwrap();
    fs::write(from.join("a"), "good\n").unwrap();
    fs::write(from.join("b"), b"b\xffd\n").unwrap();
    let error = copy(from, to.join("all.txt")).run(&Config::default()).unwrap_err();
    assert!(error.report().contains("a line is not UTF-8"), "{}", error.report());
    assert_eq!(fs::read_dir(&to).unwrap().count(), 0);
}
