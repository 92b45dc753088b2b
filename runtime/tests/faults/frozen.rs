//! The store does not answer for a while: the flow goes on as far as it may, and waits without growing.

use crate::common::{by_key, objects, on};
use crate::feed::{Feed, TOO_LONG};
use crate::flaky::{Event, Flaky};
use flowstone::clock::Timestamp;
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

dataflow! {
    /// Running totals of numbers by their last bits; tells of each number as it passes.
    flow totals(log: Feed, seen: Seen, out: TestSink<(String, u64)>) {
        input("log", log)
            -> key_on("bits", |n| (n % 3).to_string())
            -> stateful_map("total", |total: &mut Option<u64>, n| *total.insert(total.unwrap_or(0) + n))
            -> inspect_epoch("seen", move |epoch, _| seen.tell(epoch))
            -> output("out", out);
    }
}

/// Says in which epoch each item came through.
#[derive(Clone)]
struct Seen(Arc<Mutex<Sender<u64>>>);

impl Seen {
    fn new() -> (Seen, Receiver<u64>) {
        let (sender, receiver) = channel();
        (Seen(Arc::new(Mutex::new(sender))), receiver)
    }

    fn tell(&self, epoch: u64) {
        // Nobody listens where the test looks at the output only.
        let _ = self.0.lock().unwrap().send(epoch);
    }
}

fn expected(numbers: u64) -> Vec<(String, u64)> {
    let mut totals = [0; 3];
    let total = |n: u64| {
        totals[(n % 3) as usize] += n;
        ((n % 3).to_string(), totals[(n % 3) as usize])
    };
    by_key((0..numbers).map(total).collect())
}

/// A store that freezes at an operation: it says so, and waits until it is let go.
struct Gate {
    /// Says whether that is in the middle of the flow, not before it has begun. Ends with the flow.
    frozen: Receiver<bool>,
    let_go: Sender<()>,
}

fn gate(at: usize, after: bool) -> (Gate, Config) {
    let (tell, frozen) = channel();
    let (let_go, wait) = channel();
    let freeze = Box::new(move || {
        tell.send(std::thread::current().name() == Some("flowstone-snapshots")).unwrap();
        // A test that has failed lets go too.
        let _ = wait.recv();
    });
    let event = if after { Event::After(freeze) } else { Event::Before(freeze) };
    (Gate { frozen, let_go }, on(Arc::new(Flaky::new(objects(), at, event))))
}

fn run(flow: Flow, config: Config) -> JoinHandle<()> {
    std::thread::spawn(move || {
        flow.run(&config).map_err(|error| error.report()).unwrap();
    })
}

#[test]
fn the_source_stands_still_until_the_store_answers() {
    const NUMBERS: u64 = 12;
    let mut frozen_in_the_middle = 0;
    for at in 0.. {
        let mut came = false;
        for after in [false, true] {
            let ((gate, config), feed) = (gate(at, after), Feed::that_ends(NUMBERS));
            let (out, (seen, _)) = (TestSink::new(), Seen::new());
            let running = run(totals(feed.clone(), seen, out.clone()), config);
            if let Ok(in_the_middle) = gate.frozen.recv() {
                came = true;
                frozen_in_the_middle += u64::from(in_the_middle);
                // What is committed and not told yet may still be told; then nothing moves.
                let committed = || out.commits().len() as u64;
                let all = || NUMBERS.min(committed() + 2);
                while in_the_middle && feed.handed_out() < all() {
                    std::thread::yield_now();
                }
                for _ in 0..100 {
                    std::thread::yield_now();
                    let handed_out = feed.handed_out();
                    assert!(handed_out <= all(), "at {at}: more than the open epoch and the one before it");
                }
                gate.let_go.send(()).unwrap();
            }
            running.join().unwrap();
            assert_eq!(by_key(out.take_committed()), expected(NUMBERS), "at {at}");
        }
        if !came {
            assert!(frozen_in_the_middle > 20, "{frozen_in_the_middle}");
            return;
        }
    }
}

#[test]
fn an_epoch_lasts_until_the_one_before_it_is_committed() {
    const NUMBERS: u64 = 30;
    let second = Duration::from_secs(1);
    let mut frozen_in_the_middle = 0;
    for at in 0..30 {
        let ((gate, config), feed, out) = (gate(at, false), Feed::of(0), TestSink::new());
        let ((seen, epochs), clock) = (Seen::new(), Clock::manual(Timestamp(0)));
        let config = config.snapshot_interval(second).clock(clock.clone()).free_running();
        let running = run(totals(feed.clone(), seen, out.clone()), config);
        // The epoch of each item that came through while the store was frozen.
        let (mut open, mut frozen) = (Vec::new(), false);
        'numbers: for n in 0..NUMBERS {
            feed.show(n + 1);
            let begun = Instant::now();
            let epoch = loop {
                if !frozen && let Ok(in_the_middle) = gate.frozen.try_recv() {
                    if !in_the_middle {
                        break 'numbers;
                    }
                    frozen = true;
                }
                if let Ok(epoch) = epochs.try_recv() {
                    break epoch;
                }
                assert!(begun.elapsed() < TOO_LONG, "at {at}: items go on being processed");
                std::thread::yield_now();
            };
            if frozen {
                open.push(epoch);
            }
            clock.advance(second);
        }
        if frozen {
            frozen_in_the_middle += 1;
            let committed = out.commits().last().map_or(0, |(_, epoch, _)| *epoch);
            let last = open.last().copied().unwrap_or(0);
            open.dedup();
            // The one that was open, the next, and one more for a commit that had not been told yet.
            assert!(open.len() <= 3, "at {at}: {open:?}");
            assert!(committed < last, "at {at}: epoch {last} is open, and {committed} committed");
        }
        drop(gate.let_go);
        feed.show(NUMBERS);
        feed.end();
        clock.advance(second);
        running.join().unwrap();
        assert_eq!(by_key(out.take_committed()), expected(NUMBERS), "at {at}");
    }
    assert!(frozen_in_the_middle > 5, "{frozen_in_the_middle}");
}
