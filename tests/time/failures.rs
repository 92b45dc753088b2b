//! What fails is told with its place and cause, and leaves nothing of the open epoch behind.

use flowstone::bound::Bounded;
use flowstone::clock::Clock;
use flowstone::error::{Error, Fault};
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use flowstone::testing::{Entry, TestSink, TestSource, at_every_size};
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// What a flaky source does when it is asked.
#[derive(Clone, Copy)]
enum Do {
    Emit(u64),
    Stumble,
    Fall,
}

/// Follows a list, and tells when it was asked.
#[derive(Clone)]
struct Flaky {
    list: Vec<Do>,
    clock: Clock,
    told: Sender<Timestamp>,
    at: usize,
}

impl Source for Flaky {
    type Item = u64;
    type Bound = Bounded;
    type Reader = Flaky;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::one("the only one"))
    }

    fn open(&self, _: &str, _: Option<u64>, _: &SourceCx) -> Result<Flaky, Fault> {
        Ok(self.clone())
    }
}

impl Reader for Flaky {
    type Item = u64;
    type Position = u64;

    fn next_batch(&mut self, _: usize, emit: &mut impl FnMut(u64)) -> Result<Next, Fault> {
        self.told.send(self.clock.now()).unwrap();
        let Some(next) = self.list.get(self.at).copied() else { return Ok(Next::End) };
        self.at += 1;
        let fault = || {
            Fault::new("cannot read the wire")
                .partition("the only one")
                .position(format!("offset {}", self.at - 1))
                .cause(io::Error::other("it is cut"))
                .help("mend the wire")
        };
        match next {
            Do::Emit(n) => emit(n),
            Do::Stumble => return Err(fault().transient()),
            Do::Fall => return Err(fault()),
        }
        Ok(Next::More)
    }

    fn position(&self) -> u64 {
        self.at as u64
    }
}

dataflow! {
    flow flaky(source: Flaky, out: TestSink<u64>) {
        input("wire", source) -> output("out", out);
    }
}

/// Starts a flow over a flaky source; gives what waits for its end, its clock, and the moments at which it was asked.
fn start(list: Vec<Do>, out: &TestSink<u64>) -> (impl FnOnce() -> Result<(), Error>, Clock, Receiver<Timestamp>) {
    let clock = Clock::manual(Timestamp(0));
    let (tell, told) = channel();
    let flow = flaky(Flaky { list, clock: clock.clone(), told: tell, at: 0 }, out.clone());
    let config = Config::default().clock(clock.clone()).snapshot_interval(Duration::from_secs(3600));
    let running = std::thread::spawn(move || flow.run(&config).map(drop));
    (move || running.join().unwrap(), clock, told)
}

#[test]
fn a_fault_that_can_pass_is_tried_again_after_growing_pauses() {
    let out = TestSink::new();
    let list = vec![Do::Emit(1), Do::Stumble, Do::Stumble, Do::Stumble, Do::Emit(2), Do::Stumble, Do::Emit(3)];
    let (end, clock, told) = start(list, &out);
    let next = || told.recv().unwrap().0 / 1000;
    assert_eq!((next(), next()), (0, 0));
    // A call before its time would tell an earlier moment.
    for (pause, moment) in [(100, 100), (200, 300), (400, 700)] {
        clock.advance(Duration::from_millis(pause - 1));
        clock.advance(Duration::from_millis(1));
        assert_eq!(next(), moment);
    }
    // Once it has worked, the pauses begin again.
    assert_eq!(next(), 700);
    clock.advance(Duration::from_millis(100));
    assert_eq!((next(), next()), (800, 800));
    end().unwrap();
    assert_eq!(out.take_committed(), [1, 2, 3]);
}

#[test]
fn a_fault_that_does_not_pass_ends_the_flow_after_eight_more_tries() {
    let out = TestSink::new();
    let (end, clock, told) = start([Do::Emit(1)].into_iter().chain([Do::Stumble; 20]).collect(), &out);
    assert_eq!(told.recv().unwrap(), Timestamp(0));
    assert_eq!(told.recv().unwrap(), Timestamp(0));
    let mut moment = 0;
    for attempt in 0..8 {
        moment += 100 << attempt;
        clock.set(Timestamp(moment * 1000));
        assert_eq!(told.recv().unwrap(), Timestamp(moment * 1000));
    }
    let error = end().unwrap_err();
    assert!(
        error.report().contains("caused by: cannot read the wire (partition `the only one`, offset 9)"),
        "{}",
        error.report()
    );
    assert_eq!((out.take(), out.take_committed()), (vec![1], vec![]));
}

#[test]
fn a_fatal_fault_says_where_why_and_what_to_do() {
    let out = TestSink::new();
    let (end, _clock, _told) = start(vec![Do::Emit(1), Do::Emit(2), Do::Fall, Do::Emit(3)], &out);
    let error = end().unwrap_err();
    assert_eq!(
        error.report(),
        "input `wire` failed on worker 0\n  \
           caused by: cannot read the wire (partition `the only one`, offset 2)\n  \
           caused by: it is cut\n  \
           help: mend the wire"
    );
    assert!(out.take_committed().is_empty());
}

dataflow! {
    flow kept(source: TestSource<u64>, state: TestSink<(u64, u64)>, out: TestSink<u64>) {
        numbers = input("numbers", source);
        numbers -> output("out", out);
        numbers
            -> key_on(|n| n % 5)
            -> stateful_map("count", |count: &mut Option<u64>, _| *count.insert(count.unwrap_or(0) + 1))
            -> output("counts", state);
    }
}

/// Two epochs that end, and one that does not.
fn three_epochs(last: Entry<u64>) -> TestSource<u64> {
    let next = || Entry::Advance(Duration::from_secs(10));
    TestSource::script([
        Entry::Items(vec![1, 2]),
        next(),
        Entry::Items(vec![3]),
        next(),
        Entry::Items(vec![4, 5, 6]),
        last,
    ])
}

fn lockstep(config: &Config) -> Config {
    config.clone().lockstep().clock(Clock::manual(Timestamp(0)))
}

#[test]
fn an_abort_commits_nothing_of_the_open_epoch() {
    at_every_size(|config| {
        let (state, out) = (TestSink::new(), TestSink::new());
        let error = kept(three_epochs(Entry::Abort), state.clone(), out.clone()).run(&lockstep(config)).unwrap_err();
        assert_eq!(error.to_string(), "input `numbers` failed on worker 0");
        assert_eq!(out.take_committed(), [1, 2, 3]);
        assert_eq!(out.sorted(), [1, 2, 3, 4, 5, 6]);
        let mut counts = state.take_committed();
        counts.sort();
        assert_eq!(counts, [(1, 1), (2, 1), (3, 1)]);
    });
}

#[test]
fn a_sink_that_fails_commits_nothing_of_the_open_epoch() {
    at_every_size(|config| {
        let (state, out) = (TestSink::new(), TestSink::new().failing_at(4));
        let flow = kept(three_epochs(Entry::Items(vec![7])), state.clone(), out.clone());
        let error = flow.run(&lockstep(config)).unwrap_err();
        assert_eq!(error.report(), "output `out` failed on worker 0\n  caused by: the test said to fail (item 4)");
        assert_eq!(out.take_committed(), [1, 2, 3]);
        assert_eq!(state.take_committed().len(), 3);
    });
}

#[test]
fn a_panic_commits_nothing_of_the_open_epoch() {
    at_every_size(|config| {
        let out = TestSink::new();
        let error = panicking(three_epochs(Entry::Items(vec![7])), out.clone()).run(&lockstep(config)).unwrap_err();
        assert!(error.to_string().starts_with("step `careful` panicked on worker "), "{error}");
        let mut committed = out.take_committed();
        committed.sort();
        assert_eq!(committed, [(0, 1), (0, 2), (0, 3)]);
    });
}

dataflow! {
    flow panicking(source: TestSource<u64>, out: TestSink<(u64, u64)>) {
        input("numbers", source)
            -> key_on(|n| *n / 100)
            -> stateful_map("careful", |last: &mut Option<u64>, n| {
                assert!(n < 6, "too large");
                *last.insert(n)
            })
            -> output("out", out);
    }
}

/// A source that cannot say what there is, or cannot open it.
#[derive(Clone)]
struct Missing {
    listed: bool,
}

impl Source for Missing {
    type Item = u64;
    type Bound = Bounded;
    type Reader = Flaky;

    fn partitions(&self) -> Result<Partitions, Fault> {
        match self.listed {
            true => Ok(Partitions::EveryWorker),
            false => Err(Fault::new("cannot read the directory").partition("/nowhere").help("check the path")),
        }
    }

    fn open(&self, partition: &str, _: Option<u64>, _: &SourceCx) -> Result<Flaky, Fault> {
        let cause = io::Error::from(io::ErrorKind::PermissionDenied);
        Err(Fault::new("cannot open the file").partition(format!("file {partition}")).cause(cause))
    }
}

dataflow! {
    flow unread(source: Missing, other: TestSource<u64>, out: TestSink<u64>) {
        missing = input("missing", source);
        other = input("other", other);
        merge(missing, other) -> output("out", out);
    }
}

#[test]
fn a_source_that_cannot_be_opened_ends_the_flow_before_it_begins() {
    at_every_size(|config| {
        let out = TestSink::new();
        let other = TestSource::items([1, 2, 3]);
        let error = unread(Missing { listed: false }, other.clone(), out.clone()).run(config).unwrap_err();
        let Error::Source { step, worker, .. } = &error else { panic!("{error}") };
        assert_eq!(step, "missing");
        assert_eq!(
            error.report(),
            format!(
                "input `missing` failed on worker {worker}\n  \
                   caused by: cannot read the directory (partition `/nowhere`)\n  \
                   help: check the path"
            )
        );
        let error = unread(Missing { listed: true }, other, out.clone()).run(config).unwrap_err();
        let Error::Source { worker, .. } = &error else { panic!("{error}") };
        assert_eq!(
            error.report(),
            format!(
                "input `missing` failed on worker {worker}\n  \
                   caused by: cannot open the file (partition `file {worker}`)\n  \
                   caused by: permission denied"
            )
        );
        assert!(out.take_committed().is_empty());
    });
}

/// A sink that fails at one of its calls.
#[derive(Clone, Copy, PartialEq, Debug)]
enum FailsTo {
    Open,
    Write,
    Prepare,
    Commit,
    Close,
}

impl FailsTo {
    fn attempt(self, call: FailsTo) -> Result<(), Fault> {
        match self == call {
            true => Err(Fault::new(format!("cannot {call:?}").to_lowercase())
                .cause(io::Error::from(io::ErrorKind::StorageFull))),
            false => Ok(()),
        }
    }
}

impl Sink<u64> for FailsTo {
    type Writer = FailsTo;

    fn open(&self, _: &SinkCx) -> Result<FailsTo, Fault> {
        self.attempt(FailsTo::Open).map(|()| *self)
    }
}

impl Writer<u64> for FailsTo {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<u64>) -> Result<(), Fault> {
        items.clear();
        self.attempt(FailsTo::Write)
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        self.attempt(FailsTo::Prepare)
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        self.attempt(FailsTo::Commit)
    }

    fn close(&mut self) -> Result<(), Fault> {
        self.attempt(FailsTo::Close)
    }
}

dataflow! {
    flow unwritten(source: TestSource<u64>, out: FailsTo, other: TestSink<u64>) {
        numbers = input("numbers", source);
        numbers -> output("bad", out);
        numbers -> output("good", other);
    }
}

#[test]
fn a_sink_may_fail_at_any_of_its_calls() {
    at_every_size(|config| {
        for call in [FailsTo::Open, FailsTo::Write, FailsTo::Prepare, FailsTo::Commit, FailsTo::Close] {
            let other = TestSink::new();
            let flow = unwritten(TestSource::items([1, 2, 3]), call, other.clone());
            let error = flow.run(config).unwrap_err();
            let Error::Sink { step, worker, .. } = &error else { panic!("{error}") };
            assert_eq!(step, "bad");
            let call = format!("{call:?}").to_lowercase();
            assert_eq!(
                error.report(),
                format!(
                    "output `bad` failed on worker {worker}\n  caused by: cannot {call}\n  caused by: no storage space"
                )
            );
        }
    });
}

#[test]
fn a_configuration_that_makes_no_sense_is_refused() {
    let out = TestSink::new();
    let flow = kept(TestSource::items([1]), TestSink::new(), out.clone());
    let error = flow.run(&Config::default().workers(0)).unwrap_err().to_string();
    assert_eq!(error, "a flow needs at least one worker; write `-w 1` or omit it");
    let error = flow.run(&Config::default().cluster(2, vec!["a:1".into(), "b:1".into()])).unwrap_err().to_string();
    assert_eq!(error, "there is no process 2: the addresses are those of processes 0 to 1");
    assert!(out.is_empty());
}
