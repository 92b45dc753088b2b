//! Workload (d): events of 10,000 keys, slightly out of order; count, sum and greatest value of each key and second.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

mod common;

use common::rows::Rows;
use common::{Race, rounds, scaled};
use flowstone::prelude::*;
use flowstone::windows::Windowed;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use std::collections::VecDeque;
use std::hash::BuildHasher;
use timely::container::CapacityContainerBuilder;
use timely::dataflow::StreamVec;
use timely::dataflow::channels::pact::{Exchange, ParallelizationContract, Pipeline};
use timely::dataflow::operators::generic::Operator;
use timely::dataflow::operators::generic::operator::source;

const KEYS: u64 = 10_000;
/// A million events a second, by their own time.
const EVERY: i64 = 1;
/// How far an event can be behind those before it, in microseconds.
const BEHIND: i64 = 200_000;
/// How long windows wait for such events.
const WAIT: i64 = 500_000;
/// Long enough after 1970 that no time is negative.
const START: i64 = 10 * SECOND;
const SECOND: i64 = 1_000_000;

#[derive(Debug, Clone, Copy, serde::Serialize, serde::Deserialize)]
struct Event {
    key: u32,
    value: u32,
    /// Microseconds since the Unix epoch.
    at: i64,
}

/// The share of a worker: event `n` is the same whoever makes it (splitmix64).
fn events(count: u64, worker: usize, workers: usize) -> impl Iterator<Item = Event> + 'static {
    (worker as u64..count).step_by(workers).map(|n| {
        let mut z = n.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        let (key, value, behind) = (z & 0xffff, (z >> 16) & 0xffff, (z >> 32) & 0xffff_ffff);
        Event {
            key: ((key * KEYS) >> 16) as u32,
            value: value as u32,
            at: START + n as i64 * EVERY - ((behind * BEHIND as u64) >> 32) as i64,
        }
    })
}

/// What a window comes to: how many, their sum, the greatest.
type Sums = (u64, u64, u32);
type Row = (u32, i64, Sums);

/// How many rows, and a checksum of them.
type Answer = (usize, u64);

fn answer(rows: impl IntoIterator<Item = Row>) -> Answer {
    let hasher = FixedState::default();
    rows.into_iter().fold((0, 0), |(rows, sum), row| (rows + 1, sum ^ hasher.hash_one(row)))
}

dataflow! {
    // A watermark per key. With two sources, the one that is read faster would make the other late.
    flow event_time_windows(count: u64, out: Rows<(u32, Windowed<Sums>)>) {
        input("events", per_worker(move |worker, workers| events(count, worker, workers)))
            -> key_on("key", |event| event.key)
            -> aggregate_window("sums",
                   clock = event_time(|event| event.at, wait = 500ms),
                   windows = tumbling(1s),
                   of = (count(), sum(|event| event.value), max(|event| event.value)))
            -> output("out", out);
    }

    flow watermark_windows(count: u64, out: Rows<(u32, Windowed<Sums>)>) {
        input("events", per_worker(move |worker, workers| events(count, worker, workers)))
            -> key_on("key", |event| event.key)
            -> aggregate_window("sums",
                   clock = watermark(|event| event.at, wait = 500ms),
                   windows = tumbling(1s),
                   of = (count(), sum(|event| event.value), max(|event| event.value)))
            -> output("out", out);
    }
}

fn flowstone(flow: fn(u64, Rows<(u32, Windowed<Sums>)>) -> Flow, count: u64, workers: usize) -> Vec<Row> {
    let out = Rows::new();
    flow(count, out.clone()).run(&Config::default().workers(workers)).unwrap();
    out.take().into_iter().map(|(key, window)| (key, window.id, window.value)).collect()
}

/// Seconds that are open, the oldest first, each with its keys.
#[derive(Default)]
struct Windows {
    oldest: i64,
    open: VecDeque<HashMap<u32, Sums, FixedState>>,
}

impl Windows {
    #[inline(always)]
    fn add(&mut self, event: &Event) {
        let second = event.at.div_euclid(SECOND);
        let at = if self.open.is_empty() { -1 } else { second - self.oldest };
        let window = match self.open.get_mut(at as usize) {
            Some(window) => window,
            None => self.make_room(second),
        };
        match window.entry(event.key) {
            Entry::Occupied(mut sums) => {
                let (count, sum, greatest) = sums.get_mut();
                *count += 1;
                *sum += u64::from(event.value);
                *greatest = event.value.max(*greatest);
            }
            Entry::Vacant(place) => _ = place.insert((1, u64::from(event.value), event.value)),
        }
    }

    #[cold]
    fn make_room(&mut self, second: i64) -> &mut HashMap<u32, Sums, FixedState> {
        let size = self.open.back().map_or(0, HashMap::len);
        if self.open.is_empty() {
            self.oldest = second;
        }
        while self.oldest > second {
            self.open.push_front(HashMap::default());
            self.oldest -= 1;
        }
        while self.oldest + (self.open.len() as i64) <= second {
            self.open.push_back(HashMap::with_capacity_and_hasher(size, FixedState::default()));
        }
        &mut self.open[(second - self.oldest) as usize]
    }

    /// Hands on the windows that end by `watermark`, and empties them.
    fn close(&mut self, watermark: i64, mut out: impl FnMut(Row)) {
        while !self.open.is_empty() && (self.oldest + 1) * SECOND <= watermark {
            let closed = self.open.pop_front().into_iter().flatten();
            closed.for_each(|(key, sums)| out((key, self.oldest, sums)));
            self.oldest += 1;
        }
    }
}

fn plain(count: u64) -> Vec<Row> {
    let (mut windows, mut rows, mut newest, mut next) = (Windows::default(), Vec::new(), i64::MIN, i64::MIN);
    for event in events(count, 0, 1) {
        if event.at > newest {
            newest = event.at;
            // Windows are looked at when the watermark comes to the next second, not with every event.
            if newest - WAIT >= next {
                next = ((newest - WAIT).div_euclid(SECOND) + 1) * SECOND;
                windows.close(newest - WAIT, |row| rows.push(row));
            }
        }
        windows.add(&event);
    }
    windows.close(i64::MAX, |row| rows.push(row));
    rows
}

/// What `event_time` does: a watermark for each key, which closes that key's windows.
#[derive(Default)]
struct OfKey {
    watermark: i64,
    /// The second that is newest, and what it comes to.
    newest: i64,
    sums: Sums,
    /// Those before that are open.
    others: Vec<(i64, Sums)>,
}

impl OfKey {
    #[inline(always)]
    fn add(&mut self, event: &Event, mut out: impl FnMut(Row)) {
        self.watermark = self.watermark.max(event.at - WAIT);
        let second = event.at.div_euclid(SECOND);
        if self.sums.0 > 0 && second == self.newest {
            add_to(&mut self.sums, event);
        } else if let Some((_, sums)) = self.others.iter_mut().find(|(other, _)| *other == second) {
            add_to(sums, event);
        } else {
            let before = std::mem::replace(&mut self.sums, (1, u64::from(event.value), event.value));
            let newest = std::mem::replace(&mut self.newest, second);
            if before.0 > 0 {
                self.others.push((newest, before));
            }
            if self.newest < newest {
                self.others.iter_mut().for_each(|(other, sums)| {
                    if *other == newest {
                        std::mem::swap(other, &mut self.newest);
                        std::mem::swap(sums, &mut self.sums);
                    }
                });
            }
        }
        let watermark = self.watermark;
        if !self.others.is_empty() {
            for (second, sums) in self.others.extract_if(.., |(second, _)| (*second + 1) * SECOND <= watermark) {
                out((event.key, second, sums));
            }
        }
    }
}

fn add_to((count, sum, greatest): &mut Sums, event: &Event) {
    *count += 1;
    *sum += u64::from(event.value);
    *greatest = event.value.max(*greatest);
}

fn plain_by_key(count: u64) -> Vec<Row> {
    let (mut keys, mut rows) = (HashMap::<u32, OfKey, FixedState>::default(), Vec::new());
    for event in events(count, 0, 1) {
        keys.entry(event.key).or_default().add(&event, |row| rows.push(row));
    }
    for (key, OfKey { newest, sums, others, .. }) in keys {
        rows.push((key, newest, sums));
        rows.extend(others.into_iter().map(|(second, sums)| (key, second, sums)));
    }
    rows
}

/// The source's timestamp is the second up to which the watermark has come: one operator for the windows behind an
/// exchange, which closes them as the frontier moves. With one worker there is no exchange.
fn timely_tuned(count: u64, workers: usize) -> Vec<Row> {
    let config = match workers {
        1 => timely::Config::thread(),
        _ => timely::Config::process(workers),
    };
    let guards = timely::execute(config, move |worker| {
        let (index, peers) = (worker.index(), worker.peers());
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            let events = source::<_, CapacityContainerBuilder<Vec<Event>>, _, _>(scope, "events", move |held, info| {
                let activator = scope.activator_for(info.address.clone());
                let mut held = Some(held);
                let (mut events, mut newest) = (events(count, index, peers), i64::MIN);
                let mut batch = Vec::with_capacity(8192);
                move |output| {
                    let Some(capability) = &mut held else { return };
                    for _ in 0..4 {
                        batch.extend(events.by_ref().take(8192));
                        if batch.is_empty() {
                            held = None;
                            return;
                        }
                        newest = batch.iter().map(|event| event.at).max().unwrap_or(newest).max(newest);
                        output.session(&capability).give_container(&mut batch);
                        let seconds = ((newest - WAIT) / SECOND) as u64;
                        if seconds > *capability.time() {
                            capability.downgrade(&seconds);
                        }
                    }
                    activator.activate();
                }
            });
            let sums = match peers {
                1 => windows(events, Pipeline),
                _ => windows(events, Exchange::new(|event: &Event| FixedState::default().hash_one(event.key))),
            };
            sums.sink(Pipeline, "out", move |(input, _)| {
                input.for_each(|_, rows| send.send(std::mem::take(rows)).unwrap());
            });
        });
        while worker.step() {}
        receive.try_iter().flatten().collect::<Vec<Row>>()
    });
    guards.unwrap().join().into_iter().flat_map(Result::unwrap).collect()
}

/// One operator for the windows: it holds one capability, and closes what the frontier has passed.
fn windows<'s, P>(events: StreamVec<'s, u64, Event>, pact: P) -> StreamVec<'s, u64, Row>
where
    P: ParallelizationContract<u64, Vec<Event>>,
{
    events.unary_frontier::<CapacityContainerBuilder<Vec<Row>>, _, _, _>(pact, "windows", |_, _| {
        let (mut windows, mut held) = (Windows::default(), None);
        move |(input, frontier), output| {
            input.for_each(|capability, events| {
                held.get_or_insert_with(|| capability.retain(0));
                events.drain(..).for_each(|event| windows.add(&event));
            });
            let watermark = frontier.frontier().first().map_or(i64::MAX, |seconds| *seconds as i64 * SECOND);
            if let Some(capability) = &held {
                windows.close(watermark, {
                    let mut session = output.session(capability);
                    move |row| session.give(row)
                });
            }
            match frontier.frontier().first() {
                Some(seconds) if !windows.open.is_empty() => held.iter_mut().for_each(|held| held.downgrade(seconds)),
                _ => held = None,
            }
        }
    })
}

/// All of it inside of the source, as one worker allows.
fn timely_fused(count: u64) -> Vec<Row> {
    timely::execute_directly(move |worker| {
        let (send, receive) = std::sync::mpsc::channel();
        worker.dataflow::<u64, _, _>(|scope| {
            source::<_, CapacityContainerBuilder<Vec<Row>>, _, _>(scope, "events", move |held, info| {
                let activator = scope.activator_for(info.address.clone());
                let mut held = Some(held);
                let (mut events, mut newest, mut windows) = (events(count, 0, 1), i64::MIN, Windows::default());
                move |output| {
                    let Some(capability) = &mut held else { return };
                    for _ in 0..8 {
                        let mut some = false;
                        for event in events.by_ref().take(4096) {
                            some = true;
                            newest = event.at.max(newest);
                            windows.add(&event);
                        }
                        let watermark = if some { newest - WAIT } else { i64::MAX };
                        let mut session = output.session(&capability);
                        windows.close(watermark, |row| session.give(row));
                        drop(session);
                        if !some {
                            held = None;
                            return;
                        }
                        let seconds = (watermark / SECOND) as u64;
                        if seconds > *capability.time() {
                            capability.downgrade(&seconds);
                        }
                    }
                    activator.activate();
                }
            })
            .sink(Pipeline, "out", move |(input, _)| {
                input.for_each(|_, rows| send.send(std::mem::take(rows)).unwrap());
            });
        });
        while worker.step() {}
        receive.try_iter().flatten().collect::<Vec<Row>>()
    })
}

fn main() {
    let count = scaled(20_000_000);
    Race::new("(d) windows of a second", count, answer)
        .with("plain loop", || plain(count))
        .with("plain loop, a watermark a key", || plain_by_key(count))
        .with("timely, inside of the source", || timely_fused(count))
        .with("timely, hand-tuned", || timely_tuned(count, 1))
        .with("timely, hand-tuned, 2 workers", || timely_tuned(count, 2))
        .with("flowstone, event_time", || flowstone(event_time_windows, count, 1))
        .with("flowstone, watermark", || flowstone(watermark_windows, count, 1))
        .with("flowstone, watermark, 2 workers", || flowstone(watermark_windows, count, 2))
        .run(rounds());
}
