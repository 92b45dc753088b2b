//! [`CsvSink`]: items as rows of CSV files.

use crate::files::sink::OutputTarget;
use crate::files::{FileWriter, Format};
use csv::WriterBuilder;
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Guarantee, Sink, SinkCx};
use serde::Serialize;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Writes items to CSV files, a row each, exactly once: where and how as [`FileSink`](crate::files::FileSink), or with
/// [`dir`](CsvSink::dir) as [`DirSink`](crate::files::DirSink).
///
/// Items are structs, whose field names make the first row of each file, or tuples.
///
/// ```
/// use flowstone_connectors::csv::CsvSink;
///
/// let one_file = CsvSink::new("hits.csv").delimiter(b';');
/// let a_file_an_epoch = CsvSink::dir("hits");
/// # let _ = (one_file, a_file_an_epoch);
/// ```
#[derive(Debug, Clone)]
pub struct CsvSink {
    place: OutputTarget,
    delimiter: u8,
    headers: bool,
}

impl CsvSink {
    /// Writes to the file at `path`, making its directory where there is none.
    pub fn new(path: impl Into<PathBuf>) -> CsvSink {
        CsvSink { place: OutputTarget::File(path.into()), delimiter: b',', headers: true }
    }

    /// Writes to files of the directory `dir`, one a worker and epoch.
    pub fn dir(dir: impl Into<PathBuf>) -> CsvSink {
        let place = OutputTarget::Dir { dir: dir.into(), ending: "csv".to_owned() };
        CsvSink { place, delimiter: b',', headers: true }
    }

    /// The field separator: `b','` by default.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> CsvSink {
        self.delimiter = delimiter;
        self
    }

    /// Leaves the row of names out.
    #[must_use]
    pub fn no_headers(mut self) -> CsvSink {
        self.headers = false;
        self
    }
}

impl<T: Serialize> Sink<T> for CsvSink {
    type Writer = FileWriter<CsvRows>;
    const GUARANTEE: Guarantee = Guarantee::ExactlyOnce;

    fn open(&self, cx: &SinkCx) -> Result<FileWriter<CsvRows>, Fault> {
        FileWriter::open(&self.place, CsvRows::new(self.delimiter, self.headers), cx)
    }
}

/// A row of CSV an item.
#[derive(Debug)]
pub struct CsvRows {
    delimiter: u8,
    headers: bool,
    writer: csv::Writer<Shared>,
    written: Shared,
}

/// What the CSV writer wrote, to be taken from it: the crate's writer gives its own out only for good. It is locked once a
/// block.
#[derive(Debug, Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl CsvRows {
    fn new(delimiter: u8, headers: bool) -> CsvRows {
        let written = Shared::default();
        CsvRows { delimiter, headers, writer: writer(delimiter, headers, written.clone()), written }
    }
}

fn writer(delimiter: u8, headers: bool, to: Shared) -> csv::Writer<Shared> {
    WriterBuilder::new().delimiter(delimiter).has_headers(headers).from_writer(to)
}

impl<T: Serialize> Format<T> for CsvRows {
    fn begin(&mut self) {
        self.writer = writer(self.delimiter, self.headers, self.written.clone());
    }

    fn go_on(&mut self) {
        self.writer = writer(self.delimiter, false, self.written.clone());
    }

    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        let fault = |error: csv::Error| {
            Fault::new("an item cannot be written as a row of CSV")
                .cause(error)
                .help("a row holds text, numbers and `Option`s of them; map the items to a flat struct or a tuple")
        };
        for item in items.drain(..) {
            self.writer.serialize(&item).map_err(fault)?;
        }
        self.writer.flush().map_err(|error| fault(error.into()))?;
        out.append(&mut self.written.bytes());
        Ok(())
    }
}
