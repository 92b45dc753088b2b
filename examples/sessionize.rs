//! Clicks to sessions: a visit ends when the visitor has done nothing for a while.
//!
//!     cargo run --release --example sessionize
//!     cargo run --release --example sessionize -- --clicks FILE -w 2
//!
//! A line is a time, a visitor and a page: `09:00:40 ada /shoes`. Lines may be out of order by up to five minutes.

use flowstone::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Click {
    at: Timestamp,
    user: String,
    page: String,
}

dataflow! {
    /// Puts the clicks of each visitor together to visits.
    pub flow sessionize(
        /// The clicks, a line each
        #[default = "examples/data/clicks.txt"]
        clicks: PathBuf,
    ) {
        clicks = input("clicks", FileSource::new(clicks)) -> try_map("parse", |line| line.parse::<Click>());
        clicks.err -> map("why", |(_, why)| why) -> output("rejects", StderrSink::new());

        sessions = clicks
            -> key_on("user", |click| click.user.clone())
            -> aggregate_window("sessions",
                   clock = event_time(|click| click.at, wait = 5min),
                   windows = session(gap = 15min),
                   of = (
                       count(),
                       distinct(|click| click.page.clone()),
                       first(|click| (click.at, click.page.clone())),
                       last(|click| (click.at, click.page.clone())),
                   ));
        sessions.late
            -> map("too_late", |(user, click)| format!("{user} was on {} too late to count", click.page))
            -> output("late", StderrSink::new());
        sessions
            -> map("line", |(user, session)| {
                let (clicks, pages, (begin, from), (end, to)) = session.value;
                let (begin, end) = (clock_time(begin), clock_time(end));
                format!("{user} {begin} to {end}, {clicks} clicks on {pages} pages, from {from} to {to}")
            })
            -> output("lines", StdoutSink::new());
    }
}

impl FromStr for Click {
    type Err = String;

    fn from_str(line: &str) -> Result<Click, String> {
        let no_click = || format!("`{line}` is no click; write `09:00:40 ada /shoes`");
        let [time, user, page] = line.split_whitespace().collect::<Vec<_>>()[..] else { return Err(no_click()) };
        let time: Vec<u16> = time.split(':').map(str::parse).collect::<Result<_, _>>().map_err(|_| no_click())?;
        let [hours, minutes, seconds] = *time else { return Err(no_click()) };
        let [hours, minutes, seconds] = [hours, minutes, seconds].map(i64::from);
        let at = Timestamp(((hours * 60 + minutes) * 60 + seconds) * 1_000_000);
        Ok(Click { at, user: user.to_owned(), page: page.to_owned() })
    }
}

/// `09:00:40`
fn clock_time(at: Timestamp) -> String {
    let seconds = at.0 / 1_000_000;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn main() -> flowstone::Exit {
    sessionize::main()
}
