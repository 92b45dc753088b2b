use crate::{drain, names, read, source_cx, stored, told};
use flowstone_connectors::files::{ByteLine, DirSource, FileSource, Line};
use flowstone_runtime::source::{Next, Progress, Reader, Source};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

fn file(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("text.txt");
    fs::write(&path, content).unwrap();
    (dir, path)
}

fn lines(content: &str) -> Vec<Line> {
    read(&FileSource::new(file(content).1.clone())).map_err(|fault| told(&fault)).unwrap_or_default()
}

fn check(content: &str) {
    let (_dir, path) = file(content);
    let expected: Vec<&str> = content.lines().collect();
    for size in [1, 2, 3, 7, 64, 256 << 10] {
        let source = FileSource::new(&path).buffer_size(size);
        assert_eq!(read(&source).unwrap(), expected, "{content:?} by {size}");
        let bytes: Vec<ByteLine> = read(&source.bytes()).unwrap();
        assert!(bytes.iter().map(|line| &**line).eq(expected.iter().map(|line| line.as_bytes())));
    }
}

#[test]
fn lines_are_those_of_str() {
    for content in
        ["", "\n", "\r\n", "\r", "a", "a\n", "a\r", "a\r\n", "a\n\nb", "a\r\nb\r\n", "\n\n\n", "ä\u{2028}b\n€\n"]
    {
        check(content);
    }
    assert!(lines("").is_empty());
}

#[test]
fn a_line_longer_than_many_blocks() {
    let long = "x".repeat(1_000_000);
    check(&format!("a\n{long}\nb\n{long}"));
}

proptest! {
    #[test]
    fn any_text_in_blocks_of_any_size(content in "[a-c\n\r\u{e4}\u{1f600}]{0,200}", size in 1usize..40, budget in 1usize..9) {
        let (_dir, path) = file(&content);
        let source = FileSource::new(&path).buffer_size(size);
        let mut reader = source.open(path.to_str().unwrap(), None, &source_cx()).unwrap();
        let found = drain(&mut reader, budget).unwrap();
        prop_assert!(found.iter().map(|line| &**line).eq(content.lines()));
    }

    #[test]
    fn reading_goes_on_at_every_position(content in "[a-c\n\r\u{e4}]{0,60}", size in 1usize..20) {
        let (_dir, path) = file(&content);
        let name = path.to_str().unwrap();
        let source = FileSource::new(&path).buffer_size(size);
        let mut first = source.open(name, None, &source_cx()).unwrap();
        let mut found = Vec::new();
        loop {
            let next = first.next_batch(1, &mut |line: Line| found.push(line)).unwrap();
            let copy = source.clone();
            let mut second = copy.open(name, Some(stored(&first.position())), &source_cx()).unwrap();
            let mut whole = found.clone();
            whole.extend(drain(&mut second, 3).unwrap());
            prop_assert!(whole.iter().map(|line| &**line).eq(content.lines()));
            if next == Next::End {
                break;
            }
        }
    }
}

#[test]
fn a_line_that_is_not_utf8_is_named() {
    let (_dir, path) = file(b"good\nca\xf1e\nmore\n");
    let name = path.to_str().unwrap();
    for size in [1, 4, 1000] {
        let source = FileSource::new(&path).buffer_size(size);
        let mut reader = source.open(name, None, &source_cx()).unwrap();
        let mut found = Vec::new();
        let fault = loop {
            match reader.next_batch(10, &mut |line: Line| found.push(line)) {
                Ok(next) => assert_ne!(next, Next::End),
                Err(fault) => break fault,
            }
        };
        drop(reader);
        assert_eq!(found, ["good"]);
        assert_eq!(
            told(&fault),
            format!(
                "a line is not UTF-8 (partition `{name}`, line at byte 5) | byte 2 of the line is 0xf1 | \
                 convert it to UTF-8, or read it with `.lossy()` or `.bytes()`"
            )
        );
        assert_eq!(read(&source.clone().lossy()).unwrap(), ["good", "ca\u{fffd}e", "more"]);
        assert_eq!(read(&source.bytes()).unwrap()[1], ByteLine::from(&b"ca\xf1e"[..]));
    }
}

#[test]
fn a_line_that_is_too_long_is_named() {
    let (_dir, path) = file("short\nmuch too long\nshort\n");
    for size in [4, 1000] {
        let fault = read(&FileSource::new(&path).max_line(10).buffer_size(size)).unwrap_err();
        assert!(fault.to_string().starts_with("a line is longer than 10 bytes"), "{fault}");
        assert!(fault.to_string().ends_with("line at byte 6)"), "{fault}");
    }
}

#[test]
fn files_that_are_not_there_are_named_with_the_place_where_paths_start() {
    let fault = read(&FileSource::new("no/such/file.txt")).unwrap_err();
    let here = std::env::current_dir().unwrap();
    assert_eq!(
        told(&fault),
        format!(
            "cannot open the file (partition `no/such/file.txt`) | No such file or directory (os error 2) | \
             check the path; relative paths start at {}",
            here.display()
        )
    );
    let dir = TempDir::new().unwrap();
    let fault = read(&FileSource::new(dir.path())).unwrap_err();
    assert_eq!(fault.help_text(), Some("it is a directory; `DirSource` and `DirSink` take one"));
    let fault = read(&DirSource::new(dir.path().join("none"))).unwrap_err();
    assert!(fault.to_string().starts_with("cannot list the directory"), "{fault}");
    let fault = read(&FileSource::many(["a", "a"])).unwrap_err();
    assert!(fault.to_string().starts_with("a file is listed twice"), "{fault}");
}

#[test]
fn a_directory_is_read_in_the_order_of_names() {
    let dir = TempDir::new().unwrap();
    for (name, content) in
        [("b.txt", "3\n"), ("a.txt", "1\n2"), (".c.txt.1-0.aside", "x"), ("d.csv", "4"), ("in/e.txt", "5")]
    {
        let path = dir.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let source = DirSource::new(dir.path());
    assert_eq!(read(&source).unwrap(), ["1", "2", "3", "4"]);
    assert_eq!(read(&source.clone().glob("*.txt")).unwrap(), ["1", "2", "3"]);
    assert_eq!(read(&source.recursive().glob("*.txt")).unwrap(), ["1", "2", "3", "5"]);
}

#[test]
fn readers_of_one_worker_take_turns() {
    let dir = TempDir::new().unwrap();
    for name in ["a", "b"] {
        fs::write(dir.path().join(name), format!("{name}1\n{name}2\n")).unwrap();
    }
    let source = DirSource::new(dir.path());
    let cx = source_cx();
    let mut readers: Vec<_> =
        names(&source).unwrap().iter().map(|name| source.open(name, None, &cx).unwrap()).collect();
    let mut found = Vec::new();
    assert_eq!(readers[1].next_batch(1, &mut |line: Line| found.push(line)).unwrap(), Next::Pending);
    while !readers.is_empty() {
        readers.retain_mut(|reader| reader.next_batch(1, &mut |line| found.push(line)).unwrap() != Next::End);
    }
    assert_eq!(found, ["a1", "a2", "b1", "b2"]);
}

#[test]
fn progress_is_in_bytes() {
    let (_dir, path) = file("one\ntwo\nthree");
    let mut reader = FileSource::new(&path).open(path.to_str().unwrap(), None, &source_cx()).unwrap();
    reader.next_batch(1, &mut |_| ()).unwrap();
    assert_eq!(reader.progress(), Some(Progress { done: 4, total: 13 }));
    drain(&mut reader, 10).unwrap();
    assert_eq!(reader.progress(), Some(Progress { done: 13, total: 13 }));
}

#[test]
fn a_line_is_stored_as_text() {
    let line = Line::from("a \"b\" ü");
    assert_eq!(stored(&line), line);
    assert_eq!(serde_json::to_string(&line).unwrap(), r#""a \"b\" ü""#);
    let bytes = ByteLine::from(&b"a\xff"[..]);
    assert_eq!(stored(&bytes), bytes);
}

#[test]
fn a_line_finds_what_its_text_finds() {
    let map = std::collections::HashMap::from([(Line::from("a"), 1)]);
    assert_eq!(map.get("a"), Some(&1));
}

#[test]
fn a_file_that_becomes_shorter_is_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("text");
    std::fs::write(&path, "line\n".repeat(1000)).unwrap();
    let mut reader =
        FileSource::new(&path).buffer_size(64).open(&path.display().to_string(), None, &source_cx()).unwrap();
    assert_eq!(reader.next_batch(1, &mut |_| ()).unwrap(), Next::More);
    std::fs::write(&path, "line\n").unwrap();
    let fault = reader.next_batch(usize::MAX, &mut |_| ()).unwrap_err().to_string();
    assert!(fault.starts_with("the file became shorter while it was read: it had 5000 bytes"), "{fault}");
}
