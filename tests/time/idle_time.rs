//! Which time counts as idle: by it the windows of `event_time` close that get no more values.

use super::program::free_addresses;
use flowstone::bound::Bounded;
use flowstone::clock::Clock;
use flowstone::error::Fault;
use flowstone::prelude::*;
use flowstone::sink::{Sink, SinkCx, Writer};
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx, Waker};
use flowstone::testing::TestSink;
use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A key, and a time in seconds.
type Item = (u64, i64);

/// What a partition does when it is polled. The worker's own script ends with the partition.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    /// Gives items and may have more.
    Give(Vec<Item>),
    /// Has nothing to read, and is polled again at once.
    Nothing,
    /// Takes a long time to give items.
    GiveSlowly(Vec<Item>),
    /// Gives items and wants to be polled after a long time.
    GiveAndPause(Vec<Item>),
    /// Fails with a fault that can pass, and the next try is to come after a long time.
    Stumble,
    /// Has more, which it cannot give for a long time.
    Pend,
    /// Has nothing to read until it is told to go on.
    Hang,
}

/// A long time: longer than a window.
const LONG: Duration = Duration::from_secs(1000);

/// A partition on each worker that has a script.
#[derive(Clone)]
struct Acting {
    scripts: Vec<Vec<Act>>,
    clock: Clock,
    /// Says what was done, and how to go on.
    done: Sender<(Act, Waker)>,
    /// What worker 1 waits for before it opens its partition.
    gate: Option<Arc<Mutex<Receiver<()>>>>,
}

struct ActingReader {
    script: VecDeque<Act>,
    clock: Clock,
    waker: Waker,
    done: Sender<(Act, Waker)>,
    hung: bool,
}

impl Source for Acting {
    type Item = Item;
    type Bound = Bounded;
    type Reader = ActingReader;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::EveryWorker)
    }

    fn open(&self, _: &str, _: Option<u64>, cx: &SourceCx) -> Result<ActingReader, Fault> {
        if let Some(gate) = self.gate.as_ref().filter(|_| cx.worker == 1) {
            gate.lock().unwrap().recv().unwrap();
        }
        let script = self.scripts.get(cx.worker).cloned().unwrap_or_default().into();
        let (clock, waker, done) = (self.clock.clone(), cx.waker.clone(), self.done.clone());
        Ok(ActingReader { script, clock, waker, done, hung: false })
    }
}

impl Reader for ActingReader {
    type Item = Item;
    type Position = u64;

    fn next_batch(&mut self, _: usize, emit: &mut impl FnMut(Item)) -> Result<Next, Fault> {
        let Some(act) = self.script.front().cloned() else { return Ok(Next::End) };
        if act == Act::Hang {
            if !std::mem::replace(&mut self.hung, true) {
                let _ = self.done.send((act, self.waker.clone()));
            }
            return Ok(Next::Wake);
        }
        self.script.pop_front();
        let next = match &act {
            Act::Give(items) => {
                items.iter().copied().for_each(emit);
                Next::More
            }
            Act::GiveSlowly(items) => {
                self.clock.advance(LONG);
                items.iter().copied().for_each(emit);
                Next::More
            }
            Act::GiveAndPause(items) => {
                items.iter().copied().for_each(emit);
                Next::At(self.clock.now().after(LONG))
            }
            Act::Pend => Next::Pending,
            Act::Stumble => {
                let _ = self.done.send((act, self.waker.clone()));
                return Err(Fault::new("it stumbles").transient());
            }
            Act::Nothing | Act::Hang => {
                self.waker.wake();
                Next::Wake
            }
        };
        let _ = self.done.send((act, self.waker.clone()));
        Ok(next)
    }

    fn position(&self) -> u64 {
        0
    }
}

/// Blocks on worker 1 until it is told to go on, once.
#[derive(Clone)]
struct Blocking {
    gate: Option<Arc<Mutex<Receiver<()>>>>,
    here: bool,
    blocked: Sender<()>,
}

impl Sink<Item> for Blocking {
    type Writer = Blocking;
    const ON_WORKER: bool = true;

    fn open(&self, cx: &SinkCx) -> Result<Blocking, Fault> {
        Ok(Blocking { here: cx.worker == 1, ..self.clone() })
    }
}

impl Writer<Item> for Blocking {
    type Prepared = ();

    fn write_batch(&mut self, items: &mut Vec<Item>) -> Result<(), Fault> {
        items.clear();
        if let Some(gate) = self.gate.take().filter(|_| self.here) {
            self.blocked.send(()).unwrap();
            gate.lock().unwrap().recv().unwrap();
        }
        Ok(())
    }

    fn prepare(&mut self, _: u64) -> Result<(), Fault> {
        Ok(())
    }

    fn commit(&mut self, (): ()) -> Result<(), Fault> {
        Ok(())
    }
}

type Row = (u64, Windowed<u64>);

dataflow! {
    flow counts(source: Acting, slow: Blocking, rows: Arc<Mutex<Sender<Row>>>, out: TestSink<Row>, late: TestSink<Item>) {
        items = input("acting", source);
        items -> redistribute() -> output("slow", slow);
        counted = items
            -> key_on("key", |item| item.0)
            -> count_window("count", clock = event_time(|item| item.1 * 1_000_000, wait = 0s), windows = tumbling(10s));
        counted -> inspect("row", |row| _ = rows.lock().unwrap().send(row.clone())) -> output("out", out);
        counted.late -> map("item", |(_, item)| item) -> output("late", late);
    }
}

/// A flow on its way.
struct Run {
    clock: Clock,
    done: Receiver<(Act, Waker)>,
    rows: Receiver<Row>,
    /// Lets the start of worker 1, or its sink, go on.
    go: Sender<()>,
    blocked: Receiver<()>,
    late: TestSink<Item>,
    out: TestSink<Row>,
    running: Vec<std::thread::JoinHandle<()>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Slow {
    Nothing,
    Start,
    Sink,
}

fn start(scripts: &[&[Act]], slow: Slow, processes: usize) -> Run {
    let clock = Clock::manual(Timestamp(0));
    let ((tell, done), (row, rows), (go, gate)) = (channel(), channel(), channel());
    let (tell_blocked, blocked) = channel();
    let gate = Arc::new(Mutex::new(gate));
    let gate = |is| (slow == is).then(|| Arc::clone(&gate));
    let scripts = scripts.iter().map(|script| script.to_vec()).collect::<Vec<_>>();
    let workers = scripts.len() / processes;
    let source = Acting { scripts, clock: clock.clone(), done: tell, gate: gate(Slow::Start) };
    let sink = Blocking { gate: gate(Slow::Sink), here: false, blocked: tell_blocked };
    let (out, late) = (TestSink::new(), TestSink::new());
    let flow = counts(source, sink, Arc::new(Mutex::new(row)), out.clone(), late.clone());
    let config = Config::default().workers(workers).clock(clock.clone()).free_running();
    let config = config.snapshot_interval(Duration::from_secs(1_000_000));
    let addresses = free_addresses(processes);
    let run = |process| {
        let flow = flow.clone();
        let config = if processes == 1 { config.clone() } else { config.clone().cluster(process, addresses.clone()) };
        std::thread::spawn(move || _ = flow.run(&config).unwrap())
    };
    let running = (0..processes).map(run).collect();
    Run { clock, done, rows, go, blocked, late, out, running }
}

impl Run {
    /// Lets workers do what they would.
    fn settle() {
        for _ in 0..2000 {
            std::thread::yield_now();
        }
    }

    /// Ends it: nothing may have been late.
    fn nothing_is_late(self, expected: &[(u64, u64)]) {
        self.running.into_iter().for_each(|running| running.join().unwrap());
        assert_eq!(self.late.take(), []);
        let mut counts: Vec<_> = self.out.take().into_iter().map(|(key, window)| (key, window.value)).collect();
        counts.sort_unstable();
        assert_eq!(counts, expected);
    }
}

/// Items of several keys at a time, so that each worker owns some.
fn items(second: i64) -> Vec<Item> {
    (0..8).map(|key| (key, second)).collect()
}

/// Each key has one window, of so many items.
fn times(items: u64) -> Vec<(u64, u64)> {
    (0..8).map(|key| (key, items)).collect()
}

/// Runs a script on one worker, and passes a long time after each of its acts.
fn passes(act: Act, expected: &[(u64, u64)]) {
    let before = [Act::Give(items(5)), Act::Nothing, Act::Nothing];
    let after = [Act::Give(items(6)), Act::Nothing, Act::Give(items(6))];
    let script = [&before[..], &[act], &after].concat();
    let run = start(&[&script], Slow::Nothing, 1);
    for (done, waker) in run.done.iter() {
        if matches!(done, Act::GiveAndPause(_) | Act::Stumble | Act::Pend) {
            Run::settle();
            run.clock.advance(LONG);
            Run::settle();
            waker.wake();
        }
    }
    run.nothing_is_late(expected);
}

#[test]
fn a_batch_that_takes_long_is_no_idle_time() {
    passes(Act::GiveSlowly(items(6)), &times(4));
}

#[test]
fn a_source_that_paces_itself_is_not_idle() {
    let script = [Act::GiveAndPause(items(5)), Act::Give(items(6)), Act::Nothing, Act::Give(items(6))];
    let run = start(&[&script], Slow::Nothing, 1);
    for (done, _) in run.done.iter() {
        if let Act::GiveAndPause(_) = done {
            Run::settle();
            run.clock.advance(LONG);
        }
    }
    run.nothing_is_late(&times(3));
}

#[test]
fn a_source_that_is_tried_again_is_not_idle() {
    passes(Act::Stumble, &times(3));
}

#[test]
fn a_source_that_has_more_and_cannot_give_it_is_not_idle() {
    passes(Act::Pend, &times(3));
}

#[test]
fn the_start_of_a_worker_is_no_idle_time() {
    let first = [Act::Give(items(5)), Act::Hang];
    let run = start(&[&first, &[Act::Give(items(6))]], Slow::Start, 1);
    let mut hung = None;
    for (done, waker) in run.done.iter() {
        if done == Act::Hang {
            Run::settle();
            run.clock.advance(LONG);
            waker.wake();
            Run::settle();
            run.clock.advance(LONG);
            run.go.send(()).unwrap();
            hung = Some(waker);
        } else if hung.is_some() {
            break;
        }
    }
    // The first worker hangs on; its windows close by idle time, as the second has nothing any more.
    let begun = Instant::now();
    let mut rows = Vec::new();
    while rows.len() < 8 && begun.elapsed() < Duration::from_secs(30) {
        run.clock.advance(Duration::from_secs(1));
        rows.extend(run.rows.recv_timeout(Duration::from_millis(1)));
    }
    assert_eq!(rows.len(), 8);
    assert_eq!(run.late.take(), []);
    assert!(rows.iter().all(|(_, window)| window.value == 2), "{rows:?}");
}

#[test]
fn a_sink_that_takes_long_is_no_idle_time() {
    let gives = (0..200).map(|_| Act::Give(items(5)));
    let script: Vec<_> = gives.chain([Act::Nothing, Act::Hang]).collect();
    let run = start(&[&script, &[]], Slow::Sink, 1);
    run.blocked.recv().unwrap();
    let waker = run.done.iter().find(|(act, _)| *act == Act::Hang).unwrap().1;
    for _ in 0..20 {
        run.clock.advance(LONG);
        waker.wake();
        Run::settle();
    }
    assert!(run.rows.try_recv().is_err());
    run.go.send(()).unwrap();
    // Now the flow is idle.
    let begun = Instant::now();
    while run.rows.recv_timeout(Duration::from_millis(1)).is_err() {
        run.clock.advance(Duration::from_secs(1));
        assert!(begun.elapsed() < Duration::from_secs(30));
    }
}

#[test]
fn while_there_is_nothing_to_read_windows_close_on_all_workers_of_all_processes() {
    let (give, hang) = ([Act::Give(items(5)), Act::Hang], [Act::Hang]);
    for (processes, scripts) in [
        (1, vec![&give[..]]),
        (1, vec![&give[..], &hang]),
        (1, vec![&give[..], &[], &hang, &hang]),
        (2, vec![&give[..], &hang]),
        (3, vec![&hang[..], &give, &hang, &[], &[], &[]]),
    ] {
        let run = start(&scripts, Slow::Nothing, processes);
        let begun = Instant::now();
        let mut rows = Vec::new();
        while rows.len() < 8 {
            run.clock.advance(Duration::from_millis(500));
            rows.extend(run.rows.recv_timeout(Duration::from_millis(1)));
            assert!(begun.elapsed() < Duration::from_secs(30), "{} rows, {processes} processes", rows.len());
        }
        // The item is at 5, the window closes at 10, and no more than what has passed can have counted.
        assert!(run.clock.now() >= Timestamp(5_000_000), "{:?}", run.clock);
    }
}

#[test]
fn while_one_process_may_have_something_no_time_counts_in_another() {
    let script =
        [Act::Give(items(5)), Act::GiveAndPause(items(6)), Act::Give(items(6)), Act::Nothing, Act::Give(items(6))];
    let run = start(&[&script, &[Act::Nothing]], Slow::Nothing, 2);
    for (done, _) in run.done.iter() {
        if let Act::GiveAndPause(_) = done {
            Run::settle();
            run.clock.advance(LONG);
        }
    }
    run.nothing_is_late(&times(4));
}
