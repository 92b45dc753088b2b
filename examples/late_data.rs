//! What is late, and where it goes: readings of two sensors, counted by the minute.
//!
//!     cargo run --release --example late_data
//!     cargo run --release --example late_data -- --every 500ms
//!
//! A reading comes every so often, some of them long after they were taken. A minute of a sensor closes when its watermark,
//! the newest time it has told less 10 seconds, comes to its end. Before that, what it holds so far is printed now and
//! then, marked `early`. For two minutes more, by the watermark, a late reading corrects it: the minute is printed again,
//! marked `late`. What comes still later is printed as it is.
//!
//! The newest reading need not wait for the next one: while nothing comes, the watermark moves on with the clock.

use flowstone::prelude::*;
use flowstone::windows::Pane;
use std::str::FromStr;
use std::time::Duration;

/// When a reading was taken, in seconds, of which sensor, and how warm it was.
type Reading = (i64, &'static str, i32);

/// In the order in which they come.
const READINGS: [Reading; 12] = [
    (5, "hall", 20),
    (20, "roof", 11),
    (48, "hall", 21),
    (41, "hall", 19),  // out of order, and in time
    (65, "hall", 22),  // the hall's watermark is 0:55
    (58, "hall", 23),  // behind the watermark, and yet in time: its minute is open
    (75, "hall", 24),  // the watermark is 1:05: the first minute of the hall closes
    (30, "hall", 18),  // late, and allowed: the first minute is corrected
    (50, "roof", 12),  // the roof has a watermark of its own
    (260, "hall", 25), // the watermark is 4:10
    (40, "hall", 17),  // too late
    (70, "roof", 13),
];

dataflow! {
    /// Counts readings by the minute, and shows what becomes of those that are late.
    pub flow late_data(
        /// How long to wait from one reading to the next
        #[default = "200ms"]
        every: Every,
    ) {
        minutes = input("readings", polling(every.0, readings()))
            -> key_on("sensor", |(_, sensor, _)| sensor.to_string())
            -> map_value("reading", |(second, _, celsius)| (second, celsius))
            -> aggregate_window("minutes",
                   clock = event_time(|(second, _)| Timestamp(second * 1_000_000), wait = 10s),
                   windows = tumbling(1min),
                   of = (count(), max(|(_, celsius)| *celsius)),
                   early = 500ms,
                   allowed_lateness = 2min);
        minutes.late
            -> map("too_late", |(sensor, (second, _))| format!("too late  {sensor}  {}", minute(second)))
            -> output("late_lines", StdoutSink::new());
        minutes
            -> map("line", |(sensor, window)| {
                let (readings, warmest) = window.value;
                let when = match window.pane {
                    Pane::Early => "early",
                    Pane::OnTime => "on time",
                    Pane::Late => "late",
                };
                let minute = minute(window.open.0 / 1_000_000);
                format!("{when:<9} {sensor}  {minute}  {readings} readings, at most {warmest} degrees")
            })
            -> output("lines", StdoutSink::new());
    }
}

/// The readings, one a call.
fn readings() -> impl FnMut() -> Result<Poll<Reading>, flowstone::error::Fault> {
    let mut readings = READINGS.into_iter();
    move || Ok(readings.next().map_or(Poll::End, |reading| Poll::Items(vec![reading])))
}

/// The minute in which a second is: `0:01`
fn minute(second: i64) -> String {
    format!("0:{:02}", second / 60)
}

/// A duration on the command line: `250ms`, `2s`.
#[derive(Debug, Clone, Copy)]
pub struct Every(Duration);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
        let number: u64 = number.parse().map_err(|_| format!("`{text}` is no duration; write 250ms or 2s"))?;
        match unit {
            "ms" => Ok(Every(Duration::from_millis(number))),
            "s" => Ok(Every(Duration::from_secs(number))),
            _ => Err(format!("`{text}` is no duration; write 250ms or 2s")),
        }
    }
}

fn main() -> flowstone::Exit {
    late_data::main()
}
