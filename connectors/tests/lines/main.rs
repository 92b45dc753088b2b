//! Sources and sinks of lines, through the traits that the runtime asks them by.
#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

#[cfg(feature = "csv")]
mod csv;
mod fenced;
mod files;
mod flows;
mod follow;
#[cfg(feature = "json")]
mod json;
mod ranges;
mod sinks;
mod stdio;
#[cfg(feature = "websim")]
mod websim;

use flowstone_runtime::clock::{Clock, Timestamp};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::SinkCx;
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx};

fn source_cx() -> SourceCx {
    SourceCx::new(0, 1).with_clock(Clock::manual(Timestamp(0)))
}

fn sink_cx(worker: usize, workers: usize, execution: u64) -> SinkCx {
    SinkCx::new("out", worker, workers).with_clock(Clock::manual(Timestamp(0))).with_execution(execution)
}

fn names<S: Source>(source: &S) -> Result<Vec<String>, Fault> {
    match source.partitions()? {
        Partitions::Shared(names) => Ok(names),
        Partitions::EveryWorker => panic!("not shared"),
    }
}

/// Reads a reader to its end, `budget` items at a time.
fn drain<R: Reader>(reader: &mut R, budget: usize) -> Result<Vec<R::Item>, Fault> {
    let mut items = Vec::new();
    while reader.next_batch(budget, &mut |item| items.push(item))? != Next::End {}
    Ok(items)
}

/// All items of a source that one worker reads.
fn read<S: Source>(source: &S) -> Result<Vec<S::Item>, Fault> {
    let cx = source_cx();
    let mut items = Vec::new();
    for name in names(source)? {
        items.extend(drain(&mut source.open(&name, None, &cx)?, 1000)?);
    }
    Ok(items)
}

/// A fault as the user reads it: what, why, help.
fn told(fault: &Fault) -> String {
    let cause = std::error::Error::source(fault).map(|cause| format!(" | {cause}")).unwrap_or_default();
    let help = fault.help_text().map(|help| format!(" | {help}")).unwrap_or_default();
    format!("{fault}{cause}{help}")
}

/// A position, stored and read again.
fn stored<P: serde::Serialize + serde::de::DeserializeOwned>(position: &P) -> P {
    serde_json::from_str(&serde_json::to_string(position).unwrap()).unwrap()
}
