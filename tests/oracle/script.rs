//! A case's input as the script of a source that counts what was read of it.

use flowstone::bound::Bounded;
use flowstone::clock::Timestamp;
use flowstone::error::Fault;
use flowstone::source::{Next, Partitions, Reader, Source, SourceCx};
use flowstone::testing::{Entry, TestSource};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// What came out, and after which entry.
pub(crate) type Row = (After, Value);

/// The last entry of the input that had been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum After {
    Entry(u64),
    Eof,
    /// Not recorded.
    Unknown,
}

impl From<&Value> for After {
    fn from(value: &Value) -> After {
        match value {
            Value::Null => After::Unknown,
            Value::String(text) if text == "eof" => After::Eof,
            entry => After::Entry(entry.as_u64().unwrap()),
        }
    }
}

/// The source that follows a case's input.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    source: TestSource<Value>,
    /// The entry to which each line of the source's script belongs.
    entries: Arc<Vec<u64>>,
    /// How many lines of the source's script have been read.
    read: Arc<AtomicUsize>,
}

impl Script {
    pub(crate) fn new(case: &Value) -> Script {
        // The input of a case with two sources is no list; its flow has sources of its own.
        let input = case["input"].as_array().cloned().unwrap_or_default();
        let batch = case["params"]["batch"].as_u64().unwrap_or(1);
        let (mut lines, mut entries) = (Vec::new(), Vec::new());
        for (at, entry) in input.into_iter().enumerate() {
            let at = at as u64;
            if let Some(ms) = entry["sleep"].as_u64().or(entry["advance_sys"].as_u64()) {
                lines.push(Entry::Advance(Duration::from_millis(ms)));
                entries.push(at);
                continue;
            }
            if let Some(ms) = entry["sys"].as_i64() {
                lines.push(Entry::SetClock(Timestamp(ms * 1000)));
                entries.push(at);
            }
            match lines.last_mut() {
                Some(Entry::Items(items)) if (items.len() as u64) < batch => {
                    items.push(entry);
                    *entries.last_mut().unwrap() = at;
                }
                _ => {
                    lines.push(Entry::Items(vec![entry]));
                    entries.push(at);
                }
            }
        }
        Script { source: TestSource::script(lines), entries: Arc::new(entries), read: Arc::default() }
    }

    /// The last entry that has been read.
    pub(crate) fn after(&self) -> After {
        let line = self.read.load(Ordering::SeqCst).checked_sub(1);
        line.and_then(|line| self.entries.get(line)).map_or(After::Eof, |entry| After::Entry(*entry))
    }
}

impl Source for Script {
    type Item = Value;
    type Bound = Bounded;
    type Reader = Counting;

    fn partitions(&self) -> Result<Partitions, Fault> {
        self.source.partitions()
    }

    fn open(&self, partition: &str, position: Option<u64>, cx: &SourceCx) -> Result<Counting, Fault> {
        Ok(Counting { reader: self.source.open(partition, position, cx)?, read: Arc::clone(&self.read) })
    }
}

/// Counts the lines of a script before they are read.
pub(crate) struct Counting {
    reader: <TestSource<Value> as Source>::Reader,
    read: Arc<AtomicUsize>,
}

impl Reader for Counting {
    type Item = Value;
    type Position = u64;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(Value)) -> Result<Next, Fault> {
        self.read.fetch_add(1, Ordering::SeqCst);
        self.reader.next_batch(budget, emit)
    }

    fn position(&self) -> u64 {
        self.reader.position()
    }
}
