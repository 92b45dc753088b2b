//! The program that the matrix starts: `MATRIX=FLOW matrixbed --data DIR --out DIR --sizes … -w N …`.
//!
//! What each flow emits is decided by its data alone, however many workers and processes there are and whatever happens to
//! them: see each flow for why. Every row begins with the step that emitted it.

#[path = "bed_joins.rs"]
mod joins;
#[path = "bed_keyed.rs"]
mod keyed;
#[path = "bed_windows.rs"]
mod windows;

use flowstone::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

/// A line of the data: `key,microseconds,number,seq`. Times and `seq` are unique in each data set. The greatest of several
/// events is the one with the greatest number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Event {
    number: u64,
    seq: u64,
    key: u64,
    at: i64,
}

impl Event {
    /// A few events of its key.
    fn group(&self) -> (u64, u64) {
        (self.key, self.number % 50)
    }

    fn time(&self) -> Timestamp {
        Timestamp(self.at)
    }
}

/// How long it takes to parse a line, so that even a fast build has batches and epochs enough for things to happen between.
fn pace() -> Duration {
    static PACE: LazyLock<Duration> = LazyLock::new(|| {
        let pace = std::env::var("MATRIX_PACE").ok().and_then(|pace| pace.parse().ok());
        Duration::from_micros(pace.unwrap_or(0))
    });
    *PACE
}

fn parse(line: Line) -> Option<Event> {
    if !pace().is_zero() {
        let start = Instant::now();
        while start.elapsed() < pace() {
            std::hint::spin_loop();
        }
    }
    let mut fields = line.split(',');
    let mut next = || fields.next()?.parse::<u64>().ok();
    let (key, at, number, seq) = (next()?, next()? as i64, next()?, next()?);
    Some(Event { number, seq, key, at })
}

/// `STEP KEY VALUE`
fn row(step: &str, key: impl Debug, value: impl Debug) -> String {
    format!("{step} {key:?} {value:?}")
}

/// `STEP KEY PANE OPEN..CLOSE = VALUE #ID MERGED`
fn shown<V: Debug>(step: &str, key: impl Debug, window: Windowed<V>) -> String {
    let Windowed { id, open, close, pane, merged, value, .. } = window;
    format!("{step} {key:?} {pane:?} {}..{} = {value:?} #{id} {merged:?}", open.0, close.0)
}

/// Lengths of time in milliseconds, and in how many parts the file is read: `length,offset,gap,wait,lateness,early,patience,
/// parts`.
#[derive(Debug, Clone, Copy)]
struct Sizes([u64; 8]);

impl FromStr for Sizes {
    type Err = String;

    fn from_str(text: &str) -> Result<Sizes, String> {
        let numbers: Result<Vec<u64>, _> = text.split(',').map(str::parse).collect();
        let numbers = numbers.map_err(|error| format!("{text}: {error}"))?;
        numbers.try_into().map(Sizes).map_err(|numbers| format!("eight numbers are needed, not {numbers:?}"))
    }
}

impl Sizes {
    fn duration(&self, place: usize) -> Duration {
        Duration::from_millis(self.0[place])
    }

    fn length(&self) -> Duration {
        self.duration(0)
    }

    fn offset(&self) -> Duration {
        self.duration(1)
    }

    fn gap(&self) -> Duration {
        self.duration(2)
    }

    fn wait(&self) -> Duration {
        self.duration(3)
    }

    /// Longer than the disorder.
    fn patience(&self) -> Duration {
        self.duration(6)
    }

    /// How long all keys wait: where several parts are read at the same time, nothing may be late, for what would be is left
    /// to chance.
    fn wait_for_all(&self) -> Duration {
        if self.parts() == 1 { self.wait() } else { self.patience() }
    }

    fn lateness(&self) -> Duration {
        self.duration(4)
    }

    fn early(&self) -> Duration {
        self.duration(5)
    }

    fn parts(&self) -> usize {
        self.0[7] as usize
    }
}

fn main() -> flowstone::Exit {
    let flow = std::env::var("MATRIX").unwrap_or_default();
    match flow.as_str() {
        "keyed" => keyed::keyed::main(),
        "finals" => keyed::finals::main(),
        "chains" => keyed::chains::main(),
        "joins" => joins::joins::main(),
        "join_tumbling" => joins::join_tumbling::main(),
        "join_sliding" => joins::join_sliding::main(),
        "join_session" => joins::join_session::main(),
        "event_tumbling" => windows::event_tumbling::main(),
        "event_sliding" => windows::event_sliding::main(),
        "event_session" => windows::event_session::main(),
        "mark_tumbling" => windows::mark_tumbling::main(),
        "mark_sliding" => windows::mark_sliding::main(),
        "mark_session" => windows::mark_session::main(),
        "wall_tumbling" => windows::wall_tumbling::main(),
        "wall_sliding" => windows::wall_sliding::main(),
        "wall_session" => windows::wall_session::main(),
        _ => panic!("MATRIX is to be the name of a flow, not `{flow}`"),
    }
}
