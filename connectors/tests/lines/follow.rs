use crate::{source_cx, stored};
use flowstone_connectors::files::{FileSource, FollowReader, FollowSource, Line};
use flowstone_runtime::clock::Timestamp;
use flowstone_runtime::source::{Next, Reader, Source, SourceCx};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

struct Log {
    _dir: TempDir,
    path: PathBuf,
    cx: SourceCx,
}

impl Log {
    fn new() -> Log {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("service.log");
        fs::write(&path, "").unwrap();
        Log { path, _dir: dir, cx: source_cx() }
    }

    fn add(&self, text: &str) {
        OpenOptions::new().append(true).open(&self.path).unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn source(&self) -> FollowSource {
        FileSource::new(&self.path).follow().every(Duration::from_secs(2))
    }

    fn open(&self, source: &FollowSource) -> FollowReader<Line> {
        source.open(name(&self.path), None, &self.cx).unwrap()
    }

    /// Reads what there is, until the reader waits.
    fn poll(&self, reader: &mut FollowReader<Line>) -> Vec<Line> {
        let mut found = Vec::new();
        loop {
            match reader.next_batch(2, &mut |line| found.push(line)).unwrap() {
                Next::More => {}
                Next::At(moment) => {
                    assert_eq!(moment, self.cx.clock.now().after(Duration::from_secs(2)));
                    self.cx.clock.set(moment);
                    return found;
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn lines_come_as_they_are_written_and_whole() {
    let log = Log::new();
    let mut reader = log.open(&log.source());
    assert!(log.poll(&mut reader).is_empty());
    assert_eq!(log.cx.clock.now(), Timestamp(2_000_000));
    log.add("one\ntwo\nthr");
    assert_eq!(log.poll(&mut reader), ["one", "two"]);
    assert_eq!(reader.position().offset, 8);
    log.add("ee");
    assert!(log.poll(&mut reader).is_empty());
    log.add("\r\nfour\nfive\nsix\n");
    assert_eq!(log.poll(&mut reader), ["three", "four", "five", "six"]);
}

#[test]
fn reading_goes_on_at_the_position() {
    let log = Log::new();
    let source = log.source();
    log.add("one\ntwo\nth");
    let mut reader = log.open(&source);
    log.poll(&mut reader);
    let position = stored(&reader.position());
    log.add("ree\n");
    let mut again = source.open(name(&log.path), Some(position), &log.cx).unwrap();
    assert_eq!(log.poll(&mut again), ["three"]);
}

#[test]
fn a_file_that_was_emptied_is_a_fault_unless_it_may_be() {
    let log = Log::new();
    log.add("one\ntwo\n");
    let (mut strict, mut rotating) = (log.open(&log.source()), log.open(&log.source().rotating()));
    log.poll(&mut strict);
    log.poll(&mut rotating);
    fs::write(&log.path, "new\n").unwrap();
    let fault = strict.next_batch(2, &mut |_| ()).unwrap_err();
    assert!(fault.to_string().starts_with("the file has become shorter"), "{fault}");
    assert!(fault.to_string().ends_with("byte 8)"), "{fault}");
    assert_eq!(fault.help_text(), Some("`.rotating()` continues at the start of the new file"));
    assert_eq!(log.poll(&mut rotating), ["new"]);
}

#[test]
#[cfg(unix)]
fn a_file_that_was_moved_away_is_read_to_its_end() {
    let log = Log::new();
    log.add("one\n");
    let (mut strict, mut rotating) = (log.open(&log.source()), log.open(&log.source().rotating()));
    log.poll(&mut strict);
    log.poll(&mut rotating);
    log.add("two\nno line end");
    let moved = log.path.with_extension("1");
    fs::rename(&log.path, &moved).unwrap();
    // There is no new file yet.
    assert_eq!(log.poll(&mut rotating), ["two"]);
    fs::write(&log.path, "a\nb\nc\n").unwrap();
    assert_eq!(log.poll(&mut rotating), ["no line end", "a", "b", "c"]);
    log.add("d\n");
    assert_eq!(log.poll(&mut rotating), ["d"]);
    let fault = loop {
        match strict.next_batch(2, &mut |_| ()) {
            Ok(_) => {}
            Err(fault) => break fault,
        }
    };
    assert!(fault.to_string().starts_with("the file was replaced by another of its name"), "{fault}");
}
