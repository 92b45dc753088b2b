//! The program that the stop tests start: `stopbed --events DIR --out DIR -r DIR -w N …`, windows by `event_time`.
//!
//! A line of a file in the events' directory is `key,milliseconds,amount`. Each key is in one file only, so that its events
//! come in one order however many workers there are. Early values depend on the wall clock and are left out.

use flowstone::prelude::*;
use flowstone::windows::Pane;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// An event.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Event {
    key: u64,
    at: i64,
    amount: u64,
}

fn parse(line: Line) -> Option<Event> {
    let mut fields = line.split(',');
    let mut next = || fields.next()?.parse::<u64>().ok();
    let (key, at, amount) = (next()?, next()?, next()?);
    Some(Event { key, at: at as i64, amount })
}

fn at(event: &Event) -> Timestamp {
    Timestamp(event.at * 1000)
}

/// A line for what a window came to, without what depends on when early values were emitted.
fn line(name: &str, (key, window): (u64, Windowed<(u64, u64)>)) -> Option<String> {
    let Windowed { id, open, close, pane, value: (events, total), .. } = window;
    let line = || format!("{name} {key} {id} {} {} {pane:?} {events} {total}", open.0 / 1000, close.0 / 1000);
    (pane != Pane::Early).then(line)
}

dataflow! {
    /// Sessions, and sliding windows with early values and corrections, by event time.
    flow stopbed(
        /// Where the events are
        events: PathBuf,
        /// Where to write
        out: PathBuf,
    ) {
        events = input("events", DirSource::new(events)) -> filter_map("parse", parse) -> key_on("by_key", |event| event.key);
        sessions = events
            -> aggregate_window("sessions",
                   clock = event_time(at, wait = 200ms),
                   windows = session(gap = 1s),
                   of = (count(), sum(|event| event.amount)));
        sessions -> filter_map("session", |row| line("session", row)) -> output("to_sessions", DirSink::new(out.join("sessions")));
        sessions.late
            -> map("too_late", |(key, event)| format!("late {key} {}", event.at))
            -> output("late", DirSink::new(out.join("late")));
        events
            -> aggregate_window("sliding",
                   clock = event_time(at, wait = 500ms),
                   windows = sliding(4s, offset = 1s),
                   early = 20ms,
                   allowed_lateness = 2s,
                   of = (count(), sum(|event| event.amount)))
            -> filter_map("window", |row| line("window", row))
            -> output("to_windows", DirSink::new(out.join("windows")));
    }
}

fn main() -> flowstone::Exit {
    stopbed::main()
}
