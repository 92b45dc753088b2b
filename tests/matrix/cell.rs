//! A cell of the matrix: what happens to which flow, on how many workers and processes, and with which seed.

use std::fmt::{self, Display};
use std::str::FromStr;

/// The flows of `bed.rs`.
pub(crate) const FLOWS: [&str; 16] = [
    "keyed",
    "finals",
    "chains",
    "joins",
    "join_tumbling",
    "join_sliding",
    "join_session",
    "event_tumbling",
    "event_sliding",
    "event_session",
    "mark_tumbling",
    "mark_sliding",
    "mark_session",
    "wall_tumbling",
    "wall_sliding",
    "wall_session",
];

/// Sizes of the cluster, as far as they go.
pub(crate) const SIZES: [Size; 7] =
    [Size(1, 1), Size(1, 2), Size(1, 4), Size(2, 1), Size(2, 2), Size(3, 1), Size(3, 2)];

/// So many processes of so many workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(pub(crate) usize, pub(crate) usize);

/// What happens to a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Nothing, and it keeps no snapshots.
    Plain,
    /// Nothing, and it keeps snapshots.
    Undisturbed,
    /// SIGKILL of one process at a time, again and again.
    Killed,
    /// SIGTERM, SIGINT once or twice, SIGHUP.
    Stopped,
    /// All of these.
    Mixed,
}

pub(crate) const MIXES: [Mix; 5] = [Mix::Plain, Mix::Undisturbed, Mix::Killed, Mix::Stopped, Mix::Mixed];

/// One round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) mix: Mix,
    pub(crate) flow: &'static str,
    /// That of the first execution; those after a disturbance have another.
    pub(crate) size: Size,
    /// Of the data.
    pub(crate) data: u64,
    /// Of what happens.
    pub(crate) seed: u64,
}

impl Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}", self.0, self.1)
    }
}

impl Display for Mix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Mix::Plain => "plain",
            Mix::Undisturbed => "undisturbed",
            Mix::Killed => "killed",
            Mix::Stopped => "stopped",
            Mix::Mixed => "mixed",
        })
    }
}

impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cell { mix, flow, size, data, seed } = self;
        write!(f, "{mix}/{flow}/{size}/{data}/{seed}")
    }
}

impl FromStr for Cell {
    type Err = String;

    fn from_str(text: &str) -> Result<Cell, String> {
        let parts: Vec<&str> = text.split('/').collect();
        let cell = || {
            let [mix, flow, size, data, seed] = parts[..] else { return None };
            let (processes, workers) = size.split_once('x')?;
            Some(Cell {
                mix: MIXES.into_iter().find(|known| known.to_string() == mix)?,
                flow: FLOWS.into_iter().find(|known| *known == flow)?,
                size: Size(processes.parse().ok()?, workers.parse().ok()?),
                data: data.parse().ok()?,
                seed: seed.parse().ok()?,
            })
        };
        cell().ok_or_else(|| format!("`{text}` is no cell; write MIX/FLOW/PROCESSESxWORKERS/DATA/SEED"))
    }
}
