//! Two executions write one output: the newer one has it, whatever the older one does, and whenever.

use crate::{sink_cx, told};
use flowstone_connectors::files::{AsText, DirSink, FileSink, FileWriter, Prepared};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Fence, Sink, SinkCx, Writer};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

type Lines = FileWriter<AsText>;

/// An execution of store `store` whose take-over was manifest `generation`, after epoch `epoch` - 1.
fn with(store: u64, generation: u64, epoch: u64) -> SinkCx {
    let fence = Fence { store, generation, epoch };
    sink_cx(0, 1, 1000 * store + generation).with_recovery(fence)
}

fn file(path: &Path, cx: &SinkCx) -> Lines {
    Sink::<&str>::open(&FileSink::new(path), cx).unwrap()
}

fn dir(path: &Path, cx: &SinkCx) -> Lines {
    Sink::<&str>::open(&DirSink::new(path), cx).unwrap()
}

fn prepare(writer: &mut Lines, epoch: u64, line: &'static str) -> Result<Option<Prepared>, Fault> {
    writer.write_batch(&mut vec![line])?;
    Writer::<&str>::prepare(writer, epoch)
}

fn commit(writer: &mut Lines, prepared: Option<Prepared>) -> Result<(), Fault> {
    Writer::<&str>::commit(writer, prepared)
}

fn epoch(writer: &mut Lines, epoch: u64, line: &'static str) -> Result<(), Fault> {
    let prepared = prepare(writer, epoch, line)?;
    commit(writer, prepared)
}

fn recover(writer: &mut Lines) -> Result<(), Fault> {
    Writer::<&str>::recover(writer)
}

/// What readers see, and what is hidden.
fn content(dir: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let read = |entry: fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap_or_default())
    };
    entries.map(read).collect()
}

fn assert_fenced(result: Result<(), Fault>) {
    let fault = result.unwrap_err();
    assert!(fault.is_fenced(), "{fault}");
    assert!(told(&fault).contains("leave this one stopped"), "{}", told(&fault));
}

#[test]
fn an_execution_that_was_taken_over_changes_nothing_more() {
    for kind in [file, dir] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out");
        let mut old = kind(&path, &with(7, 1, 1));
        epoch(&mut old, 2, "a").unwrap();
        let left = prepare(&mut old, 3, "b").unwrap();
        let lost = prepare(&mut old, 4, "c").unwrap();

        let mut new = kind(&path, &with(7, 4, 4));
        commit(&mut new, left.clone()).unwrap();
        recover(&mut new).unwrap();
        epoch(&mut new, 5, "d").unwrap();
        let place = if path.is_dir() { path.clone() } else { folder.path().to_owned() };
        let before = content(&place);
        assert_fenced(commit(&mut old, left));
        assert_fenced(commit(&mut old, lost));
        assert_fenced(epoch(&mut old, 5, "x"));
        drop(old);
        let seen = |content: &BTreeMap<String, String>| {
            content.iter().filter(|(name, _)| !name.starts_with('.')).map(|(_, text)| text.clone()).collect::<String>()
        };
        assert_eq!(seen(&before), "a\nb\nd\n");
        let owners = |content: &BTreeMap<String, String>| {
            content
                .iter()
                .filter(|(name, _)| name.ends_with(".owner"))
                .map(|(_, text)| text.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!((seen(&content(&place)), owners(&content(&place))), (seen(&before), owners(&before)));
        epoch(&mut new, 6, "e").unwrap();
    }
}

#[test]
fn one_that_comes_late_to_its_recovery_changes_nothing() {
    // It had taken over, and waited for another process; meanwhile the next one took over and worked.
    for kind in [file, dir] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out");
        let mut first = kind(&path, &with(7, 1, 1));
        let left = prepare(&mut first, 2, "a").unwrap();
        drop(first);
        let mut late = kind(&path, &with(7, 3, 3));
        let mut newest = kind(&path, &with(7, 4, 4));
        commit(&mut newest, left.clone()).unwrap();
        recover(&mut newest).unwrap();
        epoch(&mut newest, 5, "b").unwrap();
        let next = prepare(&mut newest, 6, "c").unwrap();
        assert_fenced(commit(&mut late, left));
        assert_fenced(recover(&mut late));
        assert_fenced(epoch(&mut late, 5, "x"));
        assert_fenced(Writer::<&str>::close(&mut late));
        drop(late);
        commit(&mut newest, next).unwrap();
        Writer::<&str>::close(&mut newest).unwrap();
    }
}

#[test]
fn a_commit_that_is_done_again_late_keeps_what_came_after_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    let mut writer = file(&path, &with(7, 1, 1));
    epoch(&mut writer, 2, "a").unwrap();
    let left = prepare(&mut writer, 3, "b").unwrap();
    // The bytes aside, as whoever has them open still has them.
    let aside = content(folder.path()).into_iter().find(|(name, _)| name.ends_with(".aside")).unwrap();
    commit(&mut writer, left.clone()).unwrap();
    epoch(&mut writer, 4, "c").unwrap();
    fs::write(folder.path().join(aside.0), aside.1).unwrap();
    commit(&mut writer, left).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "a\nb\nc\n");
}

#[test]
fn of_two_runs_without_recovery_the_later_one_has_the_file() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    let (mut first, mut second) = (file(&path, &sink_cx(0, 1, 1)), file(&path, &sink_cx(0, 1, 2)));
    epoch(&mut first, 0, "a").unwrap();
    let begun = prepare(&mut first, 1, "b").unwrap();
    epoch(&mut second, 0, "c").unwrap();
    assert_fenced(commit(&mut first, begun));
    assert_fenced(epoch(&mut first, 2, "d"));
    drop(first);
    epoch(&mut second, 1, "e").unwrap();
    Writer::<&str>::close(&mut second).unwrap();
    assert_eq!(content(folder.path()), BTreeMap::from([("out".to_owned(), "c\ne\n".to_owned())]));
}

#[test]
fn executions_of_other_stores_keep_what_they_have_aside_in_a_directory() {
    let folder = TempDir::new().unwrap();
    let mut one = dir(folder.path(), &with(7, 1, 1));
    let prepared = prepare(&mut one, 2, "a").unwrap();
    for cx in [with(8, 5, 5), sink_cx(0, 1, 1)] {
        let mut other = dir(folder.path(), &cx);
        epoch(&mut other, 6, "b").unwrap();
        Writer::<&str>::close(&mut other).unwrap();
    }
    commit(&mut one, prepared).unwrap();
    epoch(&mut one, 3, "c").unwrap();
}

#[test]
fn an_output_with_later_epochs_than_the_store_is_not_gone_on_with() {
    for kind in [file, dir] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("out");
        let mut first = kind(&path, &with(7, 1, 1));
        for number in 2..9 {
            epoch(&mut first, number, "a").unwrap();
        }
        drop(first);
        let place = if path.is_dir() { path.clone() } else { folder.path().to_owned() };
        let before = content(&place);
        // The store was put back: to where it knew of epoch 7, of 4, and to before a take-over.
        for cx in [with(7, 8, 8), with(7, 5, 5), with(7, 1, 1).with_execution(3)] {
            let fault = recover(&mut kind(&path, &cx)).unwrap_err();
            assert!(told(&fault).contains("older state") && told(&fault).contains("start over"), "{}", told(&fault));
            assert_eq!(content(&place), before);
        }
        recover(&mut kind(&path, &with(7, 9, 9))).unwrap();
    }
}

#[test]
fn a_file_that_another_store_has_written_since_is_not_gone_on_with() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    epoch(&mut file(&path, &with(7, 1, 1)), 2, "a").unwrap();
    epoch(&mut file(&path, &with(8, 1, 1)), 2, "b").unwrap();
    let fault = recover(&mut file(&path, &with(7, 3, 3))).unwrap_err();
    assert!(told(&fault).starts_with("another flow, or this one with another recovery store"), "{}", told(&fault));
    assert_eq!(fs::read_to_string(&path).unwrap(), "b\n");
    // One that begins anew replaces it.
    epoch(&mut file(&path, &with(9, 1, 1)), 2, "c").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "c\n");
}

#[test]
fn a_file_that_is_shorter_than_what_was_committed_is_found() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("out");
    epoch(&mut file(&path, &with(7, 1, 1)), 2, "a").unwrap();
    fs::write(&path, "").unwrap();
    let fault = recover(&mut file(&path, &with(7, 3, 3))).unwrap_err();
    assert!(told(&fault).starts_with("the file has lost committed output"), "{}", told(&fault));
}
