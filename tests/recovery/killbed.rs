//! The program that the kill tests start: `killbed --events DIR --out DIR -r DIR -w N …`.
//!
//! A line of a file in the events' directory is `key,milliseconds,amount`. Each key is in one file only, so that its events
//! come in one order however many workers there are. With `WEAK=SEED` all sinks are slow, fail and hang now and then.

use flowstone::arrow::Record;
use flowstone::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use weak::Weak;

mod weak;

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

/// What a key's events came to in ten seconds.
#[derive(Debug, Clone, Record)]
pub struct Sums {
    day: i64,
    key: u64,
    open: i64,
    events: u64,
    total: u64,
}

dataflow! {
    /// Windows by event time to Parquet; what came too late, lists of five, and lists joined with later ones, to text.
    flow killbed(
        /// Where the events are
        events: PathBuf,
        /// Where to write
        out: PathBuf,
    ) {
        events = input("events", DirSource::new(events)) -> filter_map("parse", parse);
        sums = events
            -> key_on("by_key", |event| event.key)
            -> aggregate_window("sums",
                   clock = event_time(|event| Timestamp(event.at * 1000), wait = 1s),
                   windows = tumbling(10s),
                   of = (count(), sum(|event| event.amount)));
        sums
            -> map("row", |(key, window)| {
                let (events, total) = window.value;
                Sums { day: window.id / 10, key, open: window.open.0, events, total }
            })
            -> output("windows", Weak(ParquetSink::<Sums>::new(out.join("windows")).partition_by(|row| row.day)));
        sums.late
            -> map("too_late", |(key, event)| format!("late {key} {}", event.at))
            -> output("late", Weak(DirSink::new(out.join("late"))));
        numbered = events
            -> key_on("again", |event| event.key)
            -> map_value("amount", |event| event.amount)
            -> collect("fives", max_size = 5, timeout = 1d)
            -> stateful_map("numbered", |number: &mut Option<u64>, list| (*number.insert(number.unwrap_or(0) + 1), list));
        numbered
            -> map("line", |(key, (number, list))| format!("{key} {number} {list:?}"))
            -> output("lists", Weak(DirSink::new(out.join("lists"))));
        // Each side has a value of a key and number once, so that rows are the same in whatever order sides are read; one of
        // them comes long before the other.
        totals = numbered -> map("total", |(key, (number, list))| ((key, number), list.iter().sum::<u64>()));
        earlier = numbered -> map("ahead", |(key, (number, list))| ((key, number + 10), list.len()));
        join("matched", totals, earlier)
            -> map("pair", |((key, number), (total, earlier))| format!("pair {key} {number} {total} {earlier}"))
            -> output("pairs", Weak(DirSink::new(out.join("pairs"))));
    }
}

fn main() -> flowstone::Exit {
    killbed::main()
}
