use crate::{source_cx, told};
use flowstone_connectors::files::Line;
use flowstone_connectors::stdio::{ReadSource, StdinSource};
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx, Waker};
use std::io::{self, Cursor, Read};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};

/// A context whose waker can be waited for.
fn cx() -> (SourceCx, Receiver<()>) {
    let (wake, woken) = channel();
    let wake = Mutex::new(wake);
    let waker = Waker::new(move || {
        let _ = wake.lock().unwrap().send(());
    });
    (source_cx().with_waker(waker), woken)
}

fn read<S: Source<Item = Line>>(source: &S, budget: usize) -> Result<Vec<Line>, Fault> {
    let (cx, woken) = cx();
    let mut reader = source.open("pipe", None, &cx).unwrap();
    let mut found = Vec::new();
    loop {
        match reader.next_batch(budget, &mut |line| found.push(line))? {
            Next::More => {}
            Next::Wake | Next::Pending => woken.recv().unwrap(),
            Next::End => return Ok(found),
            next => panic!("it has nothing to wait for: {next:?}"),
        }
    }
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let text: String = (0..50_000).map(|number| format!("line {number}\r\n")).collect();
    let source = ReadSource::new("pipe", move || Ok(Cursor::new(text.clone())));
    let found = read(&source, 100).unwrap();
    assert_eq!(found.len(), 50_000);
    assert_eq!(found[49_999], "line 49999");
    assert!(read(&ReadSource::new("pipe", || Ok(io::empty())), 1).unwrap().is_empty());
}

/// Gives what is sent to it, and ends when the sender is gone.
struct Piped(Receiver<&'static str>);

impl Read for Piped {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Ok(text) = self.0.recv() else { return Ok(0) };
        out[..text.len()].copy_from_slice(text.as_bytes());
        Ok(text.len())
    }
}

#[test]
fn each_line_comes_as_soon_as_it_is_there() {
    let (send, receive): (Sender<&str>, _) = channel();
    let pipe = std::sync::Arc::new(Mutex::new(Some(receive)));
    let source = ReadSource::new("pipe", move || Ok(Piped(pipe.lock().unwrap().take().unwrap())));
    let (cx, woken) = cx();
    let mut reader = source.open("pipe", None, &cx).unwrap();
    let mut found = Vec::new();
    assert_eq!(reader.next_batch(9, &mut |line: Line| found.push(line)).unwrap(), Next::Wake);
    send.send("one\ntw").unwrap();
    woken.recv().unwrap();
    assert_eq!(reader.next_batch(9, &mut |line| found.push(line)).unwrap(), Next::Wake);
    assert_eq!((found.as_slice(), reader.position()), (&["one".into()][..], 4));
    send.send("o\nthree").unwrap();
    drop(send);
    while reader.next_batch(9, &mut |line| found.push(line)).unwrap() != Next::End {
        woken.recv().unwrap();
    }
    assert_eq!(found, ["one", "two", "three"]);
}

#[test]
fn what_fails_on_the_thread_is_told() {
    let fault = read(&ReadSource::new("pipe", || Err::<io::Empty, _>(io::ErrorKind::NotFound.into())), 1).unwrap_err();
    assert!(told(&fault).starts_with("cannot open (partition `pipe`)"), "{fault}");
    let fault = read(&ReadSource::new("pipe", || Ok(&b"a\n\xff\n"[..])), 1).unwrap_err();
    assert_eq!(fault.to_string(), "a line is not UTF-8 (partition `pipe`, line at byte 2)");
    let lossy = ReadSource::new("pipe", || Ok(&b"a\n\xff\n"[..])).lossy();
    assert_eq!(read(&lossy, 1).unwrap(), ["a", "\u{fffd}"]);
}

#[test]
fn a_thread_that_panics_ends_the_input() {
    struct Panics;
    impl Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("a reader of the user's")
        }
    }
    let fault = read(&ReadSource::new("pipe", || Ok(Panics)), 1).unwrap_err();
    assert_eq!(fault.to_string(), "the thread that reads has panicked (partition `pipe`)");
}

#[test]
fn standard_input_is_one_partition() {
    assert_eq!(StdinSource::new().partitions().unwrap(), Partitions::one("standard input"));
}
