//! One round: a cell of the matrix is run, and what it has committed is compared with what it should have.

use crate::cell::{Cell, FLOWS, Mix, SIZES, Size};
use crate::data::Data;
use crate::oracle;
use crate::random::Random;
use crate::rows::{committed, difference};
use crate::run::{Disturbance, Start};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// How long epochs last, by chance.
const EPOCHS: [&str; 8] = ["5ms", "5ms", "10ms", "15ms", "25ms", "50ms", "200ms", "0s"];

/// How many rows that differ are shown.
const SHOWN: usize = 12;

/// What a flow should commit on some data: the output of one undisturbed worker, which agrees with the plainest evaluation
/// as far as there is one.
pub(crate) struct Expected {
    flow: &'static str,
    pub(crate) data: Data,
    rows: Vec<String>,
    takes: Duration,
}

/// A round that found something.
#[derive(Debug)]
pub(crate) struct Violation {
    pub(crate) cell: String,
    pub(crate) what: String,
    /// Data, store and output.
    pub(crate) folder: PathBuf,
}

/// A round that found nothing: how often the flow was disturbed.
pub(crate) struct Passed {
    pub(crate) disturbances: u64,
}

impl Expected {
    pub(crate) fn of(flow: &'static str, data: u64) -> Result<Expected, Violation> {
        let data = Data::of(data);
        let cell = Cell { mix: Mix::Plain, flow, size: Size(1, 1), data: data.seed, seed: 0 };
        let folder = folder(&data);
        let out = folder.path().join("out");
        let start = Start { flow, data: &data, folder: folder.path(), size: Size(1, 1), epochs: None };
        let takes = match start.run(&out) {
            Ok(takes) => takes,
            Err(what) => return Err(violation(&cell, what, folder)),
        };
        let rows = committed(flow, data.sizes.parts, &out);
        if rows.is_empty() {
            return Err(violation(&cell, "there is no output".to_owned(), folder));
        }
        if let Err(what) = oracle::check(flow, &data, &rows) {
            return Err(violation(&cell, what, folder));
        }
        Ok(Expected { flow, data, rows, takes })
    }

    /// Runs one round.
    pub(crate) fn round(&self, cell: &Cell) -> Result<Passed, Violation> {
        assert_eq!((cell.flow, cell.data), (self.flow, self.data.seed));
        let folder = folder(&self.data);
        match self.attempt(cell, folder.path()) {
            Ok(passed) => Ok(passed),
            Err(what) => Err(violation(cell, what, folder)),
        }
    }

    fn attempt(&self, cell: &Cell, folder: &Path) -> Result<Passed, String> {
        let flow = FLOWS.iter().position(|flow| *flow == cell.flow).unwrap_or(0);
        let mut random = Random::of(&[cell.seed, cell.data, cell.mix as u64, flow as u64]);
        let epochs = (cell.mix != Mix::Plain).then(|| *random.choose(&EPOCHS));
        let mut history = vec![epochs.map_or("no recovery".to_owned(), |epochs| format!("epochs of {epochs}"))];
        let disturbances = self.executions(cell, folder, epochs, &mut random, &mut history);
        let disturbances = disturbances.map_err(|what| format!("{what}\n  {}", history.join("\n  ")))?;
        let rows = committed(self.flow, self.data.sizes.parts, &folder.join("out"));
        if rows == self.rows {
            return Ok(Passed { disturbances });
        }
        let mut lines = difference(&self.rows, &rows, usize::MAX);
        let differ = lines.len();
        lines.truncate(SHOWN);
        Err(format!(
            "another output than undisturbed (- lacks, + has more):\n  {}\n  {differ} rows differ of {}\n  {}",
            lines.join("\n  "),
            self.rows.len(),
            history.join("\n  ")
        ))
    }

    /// Runs the flow until it has ended undisturbed. How often it was disturbed before.
    fn executions(
        &self,
        cell: &Cell,
        folder: &Path,
        epochs: Option<&'static str>,
        random: &mut Random,
        history: &mut Vec<String>,
    ) -> Result<u64, String> {
        let out = folder.join("out");
        let start = |size| Start { flow: self.flow, data: &self.data, folder, size, epochs };
        let (mut size, mut met) = (cell.size, 0);
        if matches!(cell.mix, Mix::Killed | Mix::Stopped | Mix::Mixed) {
            for _ in 0..1 + random.below(4) {
                let disturbance = Disturbance::of(cell.mix, self.takes, size, random);
                history.push(format!("{size}: {disturbance:?}"));
                met += u64::from(start(size).disturbed(&out, &disturbance)?);
                size = *random.choose(&SIZES);
            }
        }
        history.push(format!("{size}: to the end"));
        start(size).run(&out)?;
        Ok(met)
    }
}

fn folder(data: &Data) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    data.write(&folder.path().join("data"));
    folder
}

fn violation(cell: &Cell, what: String, folder: TempDir) -> Violation {
    Violation { cell: cell.to_string(), what, folder: folder.keep() }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Violation { cell, what, folder } = self;
        let profile = if cfg!(debug_assertions) { "" } else { " --release" };
        writeln!(f, "{cell}: {what}")?;
        writeln!(f, "  kept: {}", folder.display())?;
        write!(f, "  again: FLOWSTONE_CELL={cell} cargo test{profile} --all-features --test matrix cell -- --nocapture")
    }
}
