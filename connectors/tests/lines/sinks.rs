use crate::{sink_cx, stored, told};
use flowstone_connectors::files::{AsText, DirSink, DirSource, FileSink, FileWriter, Prepared};
use flowstone_runtime::sink::{Sink, SinkCx, Writer};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

type Lines = FileWriter<AsText>;

fn open(path: &Path, execution: u64) -> Lines {
    Sink::<&str>::open(&FileSink::new(path), &sink_cx(0, 1, execution)).unwrap()
}

fn write(writer: &mut Lines, lines: &[&'static str]) {
    writer.write_batch(&mut lines.to_vec()).unwrap();
}

fn prepare(writer: &mut Lines, epoch: u64) -> Option<Prepared> {
    stored(&Writer::<&str>::prepare(writer, epoch).unwrap())
}

fn commit(writer: &mut Lines, prepared: Option<Prepared>) {
    Writer::<&str>::commit(writer, prepared).unwrap();
}

fn epoch(writer: &mut Lines, epoch: u64, lines: &[&'static str]) {
    write(writer, lines);
    let prepared = prepare(writer, epoch);
    commit(writer, prepared);
}

/// The names in a directory, hidden ones too.
fn listed(dir: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn place() -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("out.txt");
    (dir, path)
}

#[test]
fn lines_appear_when_their_epoch_is_committed() {
    let (dir, path) = place();
    fs::write(&path, "from an earlier run\n").unwrap();
    let mut writer = open(&path, 1);
    write(&mut writer, &["a", "b"]);
    let prepared = prepare(&mut writer, 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "from an earlier run\n");
    commit(&mut writer, prepared);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
    epoch(&mut writer, 1, &[]);
    epoch(&mut writer, 2, &["c"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nc\n");
    Writer::<&str>::close(&mut writer).unwrap();
    assert_eq!(listed(dir.path()), ["out.txt"]);
    assert_eq!(Writer::<&str>::summary(&writer).unwrap(), format!("3 lines in {}", path.display()));
}

#[test]
fn committing_twice_is_committing_once() {
    let (_dir, path) = place();
    let mut writer = open(&path, 1);
    for (number, lines) in [(0, ["a", "b"]), (1, ["c", "d"])] {
        write(&mut writer, &lines);
        let prepared = prepare(&mut writer, number);
        commit(&mut writer, prepared.clone());
        commit(&mut writer, prepared);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nc\nd\n");
}

#[test]
fn a_flow_that_fails_leaves_what_it_had_committed_and_nothing_else() {
    let (dir, path) = place();
    let mut writer = open(&path, 1);
    epoch(&mut writer, 0, &["a"]);
    write(&mut writer, &["b"]);
    drop(writer);
    assert_eq!(listed(dir.path()), ["out.txt"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\n");
}

#[test]
fn a_killed_flow_is_finished_by_the_next() {
    // Where it was killed: before the commit of the second epoch, in the middle of it, behind it.
    for torn in [Some("a\n"), Some("a\nb"), Some("a\nb\nc\n"), None] {
        let (dir, path) = place();
        let mut killed = open(&path, 1);
        epoch(&mut killed, 0, &["a"]);
        write(&mut killed, &["b", "c"]);
        let prepared = prepare(&mut killed, 1);
        match torn {
            Some(content) => fs::write(&path, content).unwrap(),
            None => commit(&mut killed, prepared.clone()),
        }
        if torn.is_none() {
            write(&mut killed, &["never committed"]);
        }
        std::mem::forget(killed);

        let mut next = open(&path, 2);
        commit(&mut next, prepared);
        Writer::<&str>::recover(&mut next).unwrap();
        epoch(&mut next, 3, &["d"]);
        Writer::<&str>::close(&mut next).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nc\nd\n");
        assert_eq!(listed(dir.path()), ["out.txt"]);
    }
}

#[test]
fn a_flow_that_goes_on_with_nothing_to_commit_keeps_what_is_there() {
    let (_dir, path) = place();
    let mut first = open(&path, 1);
    epoch(&mut first, 0, &["a"]);
    drop(first);
    let mut next = open(&path, 2);
    Writer::<&str>::recover(&mut next).unwrap();
    epoch(&mut next, 1, &["b"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\n");
}

#[test]
fn a_flow_without_items_leaves_an_empty_file() {
    let (_dir, path) = place();
    fs::write(&path, "from an earlier run\n").unwrap();
    Writer::<&str>::close(&mut open(&path, 1)).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn each_worker_writes_its_own_file() {
    let (dir, path) = place();
    for worker in 0..2 {
        let mut writer = Sink::<&str>::open(&FileSink::new(&path), &sink_cx(worker, 2, 1)).unwrap();
        epoch(&mut writer, 0, &["a"]);
    }
    assert_eq!(listed(dir.path()), ["out-0.txt", "out-1.txt"]);
}

#[test]
fn output_that_is_gone_is_told() {
    let (_dir, path) = place();
    let mut writer = open(&path, 1);
    write(&mut writer, &["a"]);
    let prepared = prepare(&mut writer, 0);
    commit(&mut writer, prepared.clone());
    fs::remove_file(&path).unwrap();
    let fault = Writer::<&str>::commit(&mut writer, prepared).unwrap_err();
    assert_eq!(
        told(&fault),
        format!(
            "committed output no longer exists (partition `{}`, bytes 0 to 2) | \
             put the file back, or start over with an empty recovery directory",
            path.display()
        )
    );
}

#[test]
fn a_place_that_cannot_be_written_is_told() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    for path in [dir.path().to_owned(), dir.path().join("file/out.txt")] {
        let fault = Sink::<&str>::open(&FileSink::new(path), &sink_cx(0, 1, 1)).unwrap_err();
        assert!(fault.help_text().is_some() || told(&fault).contains("File exists"), "{}", told(&fault));
    }
}

#[test]
fn a_directory_gets_a_file_an_epoch() {
    let dir = TempDir::new().unwrap();
    let place = dir.path().join("deep/parts");
    let sink = DirSink::new(&place).ending("tsv");
    let mut writer: Lines = Sink::<(&str, u32)>::open(&sink, &sink_cx(3, 4, 0xab)).unwrap();
    for epoch in [0u32, 7] {
        writer.write_batch(&mut vec![("a", epoch), ("b", epoch)]).unwrap();
        let prepared = Writer::<(&str, u32)>::prepare(&mut writer, epoch.into()).unwrap();
        assert!(crate::read(&DirSource::new(&place)).unwrap().len() < 4);
        Writer::<(&str, u32)>::commit(&mut writer, prepared.clone()).unwrap();
        Writer::<(&str, u32)>::commit(&mut writer, prepared).unwrap();
    }
    // What a killed run leaves: nobody holds it.
    drop(writer);
    fs::write(place.join(".part-ab-000008-003.tsv.ab-8.aside"), "never committed").unwrap();
    let mut next: Lines = Sink::<&str>::open(&sink, &sink_cx(3, 4, 0xac)).unwrap();
    Writer::<&str>::close(&mut next).unwrap();
    assert_eq!(listed(&place), ["part-ab-000000-003.tsv", "part-ab-000007-003.tsv"]);
    assert_eq!(crate::read(&DirSource::new(&place)).unwrap(), ["a\t0", "b\t0", "a\t7", "b\t7"]);
}

#[test]
fn items_are_written_as_they_are_asked_for() {
    let (_dir, path) = place();
    let write = |text: &str| assert_eq!(fs::read_to_string(&path).unwrap(), text);
    fn one<T, S: Sink<T>>(sink: S, item: T) {
        let mut writer = sink.open(&sink_cx(0, 1, 1)).unwrap();
        writer.write_batch(&mut vec![item]).unwrap();
        let prepared = writer.prepare(0).unwrap();
        writer.commit(prepared).unwrap();
    }
    one(FileSink::new(&path), ("a", 1));
    write("a\t1\n");
    one(FileSink::new(&path).debug(), ("a", 1));
    write("(\"a\", 1)\n");
    one(FileSink::new(&path).display(), 'x');
    write("x\n");
    one(FileSink::new(&path).with(|(a, b): &(&str, i32), out| out.push_str(&format!("{b}{a}"))), ("a", 1));
    write("1a\n");
    #[cfg(feature = "json")]
    one(flowstone_connectors::json::JsonLinesSink::new(&path), ("a", 1));
    #[cfg(feature = "json")]
    write("[\"a\",1]\n");
}

#[test]
fn a_file_is_written_by_one_output() {
    let folder = tempfile::tempdir().unwrap();
    let sink = FileSink::new(folder.path().join("out.txt"));
    let cx = |step, execution| SinkCx::new(step, 0, 1).with_execution(execution);
    let open = |step, execution| Sink::<String>::open(&sink, &cx(step, execution));
    let first = open("first", 901).unwrap();
    let refused = open("second", 901).unwrap_err().to_string();
    assert!(refused.starts_with("output `first` is already writing this file"), "{refused}");
    drop(first);
    open("second", 901).unwrap();
}

#[cfg(unix)]
#[test]
fn only_an_ordinary_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let cx = SinkCx::new("out", 0, 1).with_execution(902);
    let refused = Sink::<String>::open(&FileSink::new("/dev/null"), &cx).unwrap_err().to_string();
    assert_eq!(refused, "cannot write the file: it is a device or a pipe (partition `/dev/null`)");
    // A link stays a link, and what is behind it is written.
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    std::fs::write(&file, "old\n").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let mut writer = Sink::<String>::open(&FileSink::new(&link), &cx).unwrap();
    writer.write_batch(&mut vec!["new".to_string()]).unwrap();
    let prepared = Writer::<String>::prepare(&mut writer, 0).unwrap();
    Writer::<String>::commit(&mut writer, prepared).unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "new\n");
    assert!(link.symlink_metadata().unwrap().is_symlink());
}
