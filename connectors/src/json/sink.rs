//! [`JsonLinesSink`]: items as lines of JSON.

use super::JsonError;
use crate::files::sink::OutputTarget;
use crate::files::{FileSink, FileWriter, Format};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Guarantee, Sink, SinkCx};
use serde::Serialize;
use std::path::PathBuf;

/// Writes items to files, a line of JSON each, exactly once: where and how as [`FileSink`], or with
/// [`dir`](JsonLinesSink::dir) as [`DirSink`](crate::files::DirSink).
///
/// ```
/// use flowstone_connectors::json::JsonLinesSink;
///
/// let one_file = JsonLinesSink::new("hits.jsonl");
/// let a_file_an_epoch = JsonLinesSink::dir("hits");
/// # let _ = (one_file, a_file_an_epoch);
/// ```
#[derive(Debug, Clone)]
pub struct JsonLinesSink(FileSink<AsJson>);

impl JsonLinesSink {
    /// Writes to the file at `path`, making its directory where there is none.
    pub fn new(path: impl Into<PathBuf>) -> JsonLinesSink {
        JsonLinesSink(FileSink { place: OutputTarget::File(path.into()), format: AsJson })
    }

    /// Writes to files of the directory `dir`, one a worker and epoch.
    pub fn dir(dir: impl Into<PathBuf>) -> JsonLinesSink {
        JsonLinesSink(FileSink {
            place: OutputTarget::Dir { dir: dir.into(), ending: "jsonl".to_owned() },
            format: AsJson,
        })
    }
}

impl<T: Serialize> Sink<T> for JsonLinesSink {
    type Writer = FileWriter<AsJson>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, cx: &SinkCx) -> Result<FileWriter<AsJson>, Fault> {
        Sink::<T>::open(&self.0, cx)
    }
}

/// A line of JSON an item.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsJson;

impl<T: Serialize> Format<T> for AsJson {
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        for item in items.drain(..) {
            serde_json::to_writer(&mut *out, &item).map_err(|error| {
                Fault::new("an item cannot be written as JSON")
                    .cause(JsonError::writing(&error))
                    .help("JSON has text as keys of maps, and nothing for a number that is not finite")
            })?;
            out.push(b'\n');
        }
        Ok(())
    }
}
