//! [`WebEvents`]: the simulator as a source, as an iterator, and as a writer of lines.

use super::shape::{Buffer, Event, Full, Json, Shape, Small, World};
use super::walk::{Plan, Visit, Walk};
use flowstone_runtime::bound::{Bounded, Boundedness, Unbounded};
use flowstone_runtime::clock::{Clock, Timestamp};
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Progress, Reader, Source, SourceCx};
use std::io::{self, Write};
use std::marker::PhantomData;
use std::time::Duration;

/// Web events of a seed.
///
/// A thousand users make a hundred thousand sessions a day by default, from the first day of 2026 on. Without
/// [`count`](WebEvents::count) or [`for_duration`](WebEvents::for_duration) it does not end; without
/// [`rate`](WebEvents::rate) it is as fast as the flow.
///
/// Events come in about the order of their times: one is at most six seconds behind the newest.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone_connectors::websim::WebEvents;
///
/// dataflow! {
///     flow hits(out: TestSink<(String, u64)>) {
///         input("events", WebEvents::new(1).count(1_000))
///             -> key_on("page", |event| event.page_url_path.clone())
///             -> count_final("hits")
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// hits(out.clone()).run(&Config::default()).unwrap();
/// assert_eq!(out.take().iter().map(|(_, hits)| hits).sum::<u64>(), 1_000);
/// ```
#[derive(Debug)]
pub struct WebEvents<S = Full, B = Unbounded> {
    settings: Settings,
    kind: PhantomData<fn() -> (S, B)>,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    seed: u64,
    users: u32,
    sessions_per_day: u32,
    start: Timestamp,
    duration: Option<Duration>,
    count: Option<u64>,
    rate: Option<f64>,
    partitions: usize,
}

impl WebEvents {
    /// The events of `seed`.
    #[must_use]
    pub fn new(seed: u64) -> WebEvents {
        WebEvents::of(Settings {
            seed,
            users: 1000,
            sessions_per_day: 100_000,
            // 2026-01-01
            start: Timestamp(1_767_225_600_000_000),
            duration: None,
            count: None,
            rate: None,
            partitions: 1,
        })
    }
}

impl<S, B> WebEvents<S, B> {
    fn of(settings: Settings) -> WebEvents<S, B> {
        WebEvents { settings, kind: PhantomData }
    }

    /// Ends after `events` events.
    #[must_use]
    pub fn count(self, events: u64) -> WebEvents<S, Bounded> {
        WebEvents::of(Settings { count: Some(events), ..self.settings })
    }

    /// Ends when `duration` of event time is over.
    #[must_use]
    pub fn for_duration(self, duration: Duration) -> WebEvents<S, Bounded> {
        WebEvents::of(Settings { duration: Some(duration), ..self.settings })
    }

    /// Gives `per_second` events in a second of the clock, by all workers together.
    #[must_use]
    pub fn rate(mut self, per_second: f64) -> WebEvents<S, B> {
        self.settings.rate = (per_second > 0.0).then_some(per_second);
        self
    }

    /// The event time at which it begins.
    #[must_use]
    pub fn starting_at(mut self, time: Timestamp) -> WebEvents<S, B> {
        self.settings.start = time;
        self
    }

    /// How many users there are.
    #[must_use]
    pub fn users(mut self, users: u32) -> WebEvents<S, B> {
        self.settings.users = users.max(1);
        self
    }

    /// How many sessions begin in a day of event time; each has two events or so.
    #[must_use]
    pub fn sessions_per_day(mut self, sessions: u32) -> WebEvents<S, B> {
        self.settings.sessions_per_day = sessions.max(1);
        self
    }

    /// Divides the users' sessions among `partitions`, for as many workers to simulate. The events are the same on any
    /// number of workers, but others than with another number of partitions. One partition runs ahead of another in event
    /// time, by as much as one worker is ahead of another.
    #[must_use]
    pub fn partitions(mut self, partitions: usize) -> WebEvents<S, B> {
        self.settings.partitions = partitions.max(1);
        self
    }
}

impl<B> WebEvents<Full, B> {
    /// Events of ten fields, as [`SmallWebEvent`](super::SmallWebEvent) has them.
    #[must_use]
    pub fn small(self) -> WebEvents<Small, B> {
        WebEvents::of(self.settings)
    }
}

impl<S: Event, B> WebEvents<S, B> {
    /// Lines of JSON instead of structs.
    #[must_use]
    pub fn json(self) -> WebEvents<Json<S>, B> {
        WebEvents::of(self.settings)
    }
}

impl<S: Shape, B> WebEvents<S, B> {
    /// The events of all partitions, one partition after the other, as fast as they are taken.
    #[must_use]
    pub fn iter(&self) -> Events<S> {
        Events { settings: self.settings, partition: 0, simulation: None, ready: Vec::new().into_iter() }
    }
}

impl<S: Event> WebEvents<Json<S>, Bounded> {
    /// Writes all lines of JSON to `out`, and says how many bytes that were.
    ///
    /// # Errors
    /// Where `out` fails.
    ///
    /// ```
    /// use flowstone_connectors::websim::WebEvents;
    ///
    /// let mut lines = Vec::new();
    /// let bytes = WebEvents::new(7).count(1_000).small().json().write_to(&mut lines).unwrap();
    /// assert_eq!(bytes, lines.len() as u64);
    /// assert_eq!(lines.iter().filter(|&&byte| byte == b'\n').count(), 1_000);
    /// ```
    pub fn write_to(&self, mut out: impl Write) -> io::Result<u64> {
        let mut written = 0;
        let mut lines = Vec::new();
        for partition in 0..self.settings.partitions {
            let mut simulation = Simulation::new(&self.settings, partition);
            loop {
                lines.clear();
                if simulation.render::<S>(1024, &mut lines) == 0 {
                    break;
                }
                out.write_all(&lines)?;
                written += lines.len() as u64;
            }
        }
        out.flush()?;
        Ok(written)
    }
}

impl<S, B> Clone for WebEvents<S, B> {
    fn clone(&self) -> Self {
        WebEvents::of(self.settings)
    }
}

/// The simulation of one partition.
struct Simulation {
    world: World,
    walk: Walk,
    visits: Vec<Visit>,
    buffer: Buffer,
    /// How many events there have been.
    done: u64,
    count: Option<u64>,
}

impl Simulation {
    fn new(settings: &Settings, partition: usize) -> Simulation {
        let (partition, partitions) = (partition as u64, settings.partitions as u64);
        let share = |count: u64| count / partitions + u64::from(partition < count % partitions);
        Simulation {
            world: World::new(settings.seed, settings.users),
            walk: Walk::new(Plan {
                seed: settings.seed,
                partition,
                users: settings.users,
                sessions_per_day: f64::from(settings.sessions_per_day) / partitions as f64,
                start: settings.start.0,
                end: settings.duration.map(|duration| settings.start.after(duration).0),
            }),
            visits: Vec::new(),
            buffer: Buffer::default(),
            done: 0,
            count: settings.count.map(share),
        }
    }

    /// The next visits, at most `most` of them; none at the end.
    fn visits(&mut self, most: usize) -> &[Visit] {
        let left = self.count.map_or(u64::MAX, |count| count - self.done);
        let most = most.min(usize::try_from(left).unwrap_or(usize::MAX));
        self.visits.clear();
        self.visits.extend(self.walk.by_ref().take(most));
        self.done += self.visits.len() as u64;
        &self.visits
    }

    /// Appends the lines of at most `most` events to `out`, and says how many.
    fn render<S: Event>(&mut self, most: usize, out: &mut Vec<u8>) -> usize {
        let made = self.visits(most).len();
        for &visit in &self.visits {
            S::render(&self.world, visit, out);
        }
        made
    }

    /// Makes at most `most` events, and says how many.
    fn make<S: Shape>(&mut self, most: usize, emit: &mut impl FnMut(S::Item)) -> usize {
        let made = self.visits(most).len();
        S::make(&self.world, &self.visits, &mut self.buffer, emit);
        made
    }
}

/// How many events are made at once.
const AT_ONCE: usize = 256;

/// Events one after the other: [`WebEvents::iter`].
pub struct Events<S: Shape> {
    settings: Settings,
    partition: usize,
    simulation: Option<Simulation>,
    ready: std::vec::IntoIter<S::Item>,
}

impl<S: Shape> Iterator for Events<S> {
    type Item = S::Item;

    fn next(&mut self) -> Option<S::Item> {
        loop {
            if let Some(event) = self.ready.next() {
                return Some(event);
            }
            if self.partition == self.settings.partitions {
                return None;
            }
            let simulation = self.simulation.get_or_insert_with(|| Simulation::new(&self.settings, self.partition));
            let mut ready = Vec::with_capacity(AT_ONCE);
            if simulation.make::<S>(AT_ONCE, &mut |event| ready.push(event)) == 0 {
                self.simulation = None;
                self.partition += 1;
            }
            self.ready = ready.into_iter();
        }
    }
}

impl<S: Shape, B: Boundedness> Source for WebEvents<S, B> {
    type Item = S::Item;
    type Bound = B;
    type Reader = WebReader<S>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::Shared((0..self.settings.partitions).map(|partition| partition.to_string()).collect()))
    }

    fn open(&self, partition: &str, position: Option<u64>, cx: &SourceCx) -> Result<WebReader<S>, Fault> {
        let number = partition.parse().map_err(|error| {
            Fault::new("the simulator has no such partition").partition(partition).cause(format!("{error}"))
        })?;
        let mut simulation = Simulation::new(&self.settings, number);
        let position = position.unwrap_or(0);
        while simulation.done < position {
            let left = usize::try_from(position - simulation.done).unwrap_or(usize::MAX);
            if simulation.visits(left.min(1 << 16)).is_empty() {
                break;
            }
        }
        let pace = self.settings.rate.map(|rate| Pace {
            rate: rate / self.settings.partitions as f64,
            clock: cx.clock.clone(),
            began: None,
        });
        Ok(WebReader { simulation, pace, kind: PhantomData })
    }
}

/// Simulates one partition.
pub struct WebReader<S> {
    simulation: Simulation,
    pace: Option<Pace>,
    kind: PhantomData<fn() -> S>,
}

/// How fast events are given.
struct Pace {
    /// Events a second.
    rate: f64,
    clock: Clock,
    /// When the first one was given, and how many there had been before.
    began: Option<(Timestamp, u64)>,
}

impl Pace {
    /// How many events are due when there have been `done`; or when the next one is.
    fn due(&mut self, done: u64) -> Result<u64, Timestamp> {
        let now = self.clock.now();
        let (began, before) = *self.began.get_or_insert((now, done));
        let due = before + (now.since(began).as_secs_f64() * self.rate) as u64 + 1;
        if due > done {
            return Ok(due - done);
        }
        // At high rates several at a time, so that the worker is not woken for each.
        let next = began.after(Duration::from_secs_f64((done - before) as f64 / self.rate)).0 + 1;
        Err(Timestamp(next).max(now.after(Duration::from_millis(1))))
    }
}

impl<S: Shape> Reader for WebReader<S> {
    type Item = S::Item;
    type Position = u64;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(S::Item)) -> Result<Next, Fault> {
        let mut left = budget;
        while left > 0 {
            let mut most = left.min(AT_ONCE);
            if let Some(pace) = &mut self.pace {
                match pace.due(self.simulation.done) {
                    Ok(due) => most = most.min(usize::try_from(due).unwrap_or(most)),
                    Err(next) => return Ok(Next::At(next)),
                }
            }
            let made = self.simulation.make::<S>(most, emit);
            if made == 0 {
                return Ok(Next::End);
            }
            left -= made;
        }
        Ok(Next::More)
    }

    /// How many events there have been.
    fn position(&self) -> u64 {
        self.simulation.done
    }

    fn progress(&self) -> Option<Progress> {
        self.simulation.count.map(|total| Progress { done: self.simulation.done, total })
    }
}
