//! The program that the kill tests start: `killbed --events DIR --out DIR -r DIR -w N …`.
//!
//! A line of a file in the events' directory is `key,milliseconds,amount`. Each key is in one file only, so that its events
//! come in one order however many workers there are.

use flowstone::arrow::Record;
use flowstone::prelude::*;
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

/// What a key's events came to so far.
#[derive(Debug, Clone, Record)]
pub struct Total {
    day: u64,
    key: u64,
    events: u64,
    total: u64,
}

dataflow! {
    /// Totals.
    flow killbed(
        /// Where the events are
        events: PathBuf,
        /// Where to write
        out: PathBuf,
    ) {
        events = input("events", DirSource::new(events)) -> filter_map("parse", parse);
        events
            -> key_on("by_key", |event| event.key)
            -> stateful_map("total", |state: &mut Option<(u64, u64)>, event| {
                let (events, total) = state.unwrap_or((0, 0));
                let now = (events + 1, total + event.amount);
                *state = Some(now);
                (event.at, now)
            })
            -> filter_value("seventh", |(_, (events, _))| events % 7 == 0)
            -> map("row", |(key, (at, (events, total)))| Total { day: at as u64 / 100_000, key, events, total })
            -> output("totals", ParquetSink::<Total>::new(out.join("totals")).partition_by(|row| row.day));
        events
            -> key_on("again", |event| event.key)
            -> map_value("amount", |event| event.amount)
            -> collect("fives", max_size = 5, timeout = 1d)
            -> map("line", |(key, list)| format!("{key} {list:?}"))
            -> output("lists", DirSink::new(out.join("lists")));
    }
}

fn main() -> flowstone::Exit {
    killbed::main()
}
