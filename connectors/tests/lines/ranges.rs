use crate::{drain, names, source_cx, stored};
use flowstone_connectors::files::{FileSource, Line};
use flowstone_runtime::source::{Next, Reader, Source};
use proptest::prelude::*;
use std::fs;
use tempfile::TempDir;

proptest! {
    #[test]
    fn parts_of_a_file_have_each_line_once(
        content in "[ab\n\r\u{e4}]{0,80}",
        parts in 1usize..12,
        size in 1usize..30,
        stop in 0usize..6,
    ) {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("a#b.txt");
        fs::write(&path, &content).unwrap();
        let source = FileSource::new(&path).split(parts).buffer_size(size);
        let mut found = Vec::new();
        for name in names(&source).unwrap() {
            let mut first = source.open(&name, None, &source_cx()).unwrap();
            if stop > 0 {
                let _: Next = first.next_batch(stop, &mut |line: Line| found.push(line)).unwrap();
            }
            let position = stored(&first.position());
            drop(first);
            found.extend(drain(&mut source.open(&name, Some(position), &source_cx()).unwrap(), 4).unwrap());
        }
        prop_assert!(found.iter().map(|line| &**line).eq(content.lines()));
    }
}

#[test]
fn a_part_of_a_file_that_has_grown_ends_where_it_did() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("log");
    fs::write(&path, "1\n2\n3\n4\n").unwrap();
    let source = FileSource::new(&path).split(2);
    let names = names(&source).unwrap();
    let positions: Vec<_> =
        names.iter().map(|name| source.open(name, None, &source_cx()).unwrap().position()).collect();
    fs::write(&path, "1\n2\n3\n4\n5\n6\n7\n8\n").unwrap();
    let mut found = Vec::new();
    for (name, position) in names.iter().zip(positions) {
        found.push(drain(&mut source.open(name, Some(position), &source_cx()).unwrap(), 10).unwrap());
    }
    assert_eq!(found[0], ["1", "2"]);
    assert_eq!(found[1], ["3", "4", "5", "6", "7", "8"]);
}
