//! [`CsvSource`]: rows of CSV files.

use super::BadRow;
use crate::files::fault;
use crate::files::list::{Files, Turn, Turns, size};
use csv::{ByteRecord, ErrorKind, ReaderBuilder, Trim};
use flowstone_runtime::bound::Bounded;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Progress, Reader, Source, SourceCx};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::marker::PhantomData;
use std::path::PathBuf;

/// The rows of CSV files, each a `T` or a [`BadRow`].
///
/// Columns are found by the names in the first row; without such a row ([`no_headers`](CsvSource::no_headers)) the fields
/// come in order. `split` takes rows that cannot be read out of the way; with [`strict`](CsvSource::strict) items are `T`
/// and a bad row stops the flow. The position is the byte at which the next row begins. Each file is a partition.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone_connectors::csv::{BadRow, CsvSource};
/// use std::path::PathBuf;
///
/// #[derive(Debug, Clone, PartialEq, serde::Deserialize)]
/// struct Price { item: String, cents: u32 }
///
/// dataflow! {
///     flow prices(file: PathBuf, good: TestSink<Price>, bad: TestSink<BadRow>) {
///         rows = input("rows", CsvSource::<Price>::new(file)) -> split("check", |row| row);
///         rows.err -> output("bad", bad);
///         rows.ok -> output("good", good);
///     }
/// }
/// # let dir = tempfile::tempdir().unwrap();
/// # let file = dir.path().join("prices.csv");
/// std::fs::write(&file, "cents,item\n305,tea\n3x,milk\n").unwrap();
/// let (good, bad) = (TestSink::new(), TestSink::new());
/// prices(file, good.clone(), bad.clone()).run(&Config::default()).unwrap();
/// assert_eq!(good.take(), [Price { item: "tea".into(), cents: 305 }]);
/// let bad = bad.take().remove(0);
/// assert_eq!((bad.line(), bad.row()), (3, "3x,milk"));
/// assert!(bad.to_string().ends_with("column `cents`: invalid digit found in string, in `3x,milk`"));
/// ```
#[derive(Debug)]
pub struct CsvSource<T> {
    files: Files,
    turns: Turns,
    form: Form,
    rows: PhantomData<fn() -> T>,
}

/// How the files are written.
#[derive(Debug, Clone, Copy)]
struct Form {
    delimiter: u8,
    headers: bool,
    trim: bool,
    flexible: bool,
    comment: Option<u8>,
}

impl<T> CsvSource<T> {
    /// The rows of the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> CsvSource<T> {
        CsvSource::many([path])
    }

    /// The rows of several files, each of which has its own first row of names.
    pub fn many(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> CsvSource<T> {
        CsvSource::of(Files::These(paths.into_iter().map(Into::into).collect()))
    }

    /// The rows of all files of the directory `dir` whose names are as `glob` says (`*.csv`, say), in the order of their
    /// names. Hidden files are left out.
    pub fn dir(dir: impl Into<PathBuf>, glob: impl Into<String>) -> CsvSource<T> {
        CsvSource::of(Files::In { dir: dir.into(), pattern: Some(glob.into()), deep: false })
    }

    fn of(files: Files) -> CsvSource<T> {
        let form = Form { delimiter: b',', headers: true, trim: false, flexible: false, comment: None };
        CsvSource { files, turns: Turns::default(), form, rows: PhantomData }
    }

    /// The field separator: `b','` by default.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> CsvSource<T> {
        self.form.delimiter = delimiter;
        self
    }

    /// Says that the first row is a row as any other.
    #[must_use]
    pub fn no_headers(mut self) -> CsvSource<T> {
        self.form.headers = false;
        self
    }

    /// Takes spaces off both ends of names and fields.
    #[must_use]
    pub fn trim(mut self) -> CsvSource<T> {
        self.form.trim = true;
        self
    }

    /// Lets rows have fewer or more fields than the first one.
    #[must_use]
    pub fn flexible(mut self) -> CsvSource<T> {
        self.form.flexible = true;
        self
    }

    /// Leaves out lines that begin with this character.
    #[must_use]
    pub fn comment(mut self, comment: u8) -> CsvSource<T> {
        self.form.comment = Some(comment);
        self
    }

    /// Items are `T`, and a row that cannot be read stops the flow.
    #[must_use]
    pub fn strict(self) -> StrictCsvSource<T> {
        StrictCsvSource(self)
    }
}

impl<T> Clone for CsvSource<T> {
    fn clone(&self) -> Self {
        CsvSource { files: self.files.clone(), turns: self.turns.clone(), form: self.form, rows: PhantomData }
    }
}

impl<T: DeserializeOwned + 'static> Source for CsvSource<T> {
    type Item = Result<T, BadRow>;
    type Bound = Bounded;
    type Reader = CsvReader<T>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        self.files.names().map(Partitions::Shared)
    }

    fn open(&self, partition: &str, position: Option<CsvPosition>, cx: &SourceCx) -> Result<CsvReader<T>, Fault> {
        let path = PathBuf::from(partition);
        Ok(CsvReader {
            size: size(&path)?,
            path,
            name: partition.to_owned(),
            form: self.form,
            position: position.unwrap_or_default(),
            open: None,
            row: ByteRecord::new(),
            turn: self.turns.queue_up(cx.worker, cx.waker.clone()),
            rows: PhantomData,
        })
    }
}

/// Where a reader stands in a CSV file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CsvPosition {
    /// The byte at which the next row begins; 0 at the beginning, before the row of names.
    pub byte: u64,
    line: u64,
    row: u64,
}

impl From<&csv::Position> for CsvPosition {
    fn from(position: &csv::Position) -> Self {
        CsvPosition { byte: position.byte(), line: position.line(), row: position.record() }
    }
}

/// Reads the rows of a file.
pub struct CsvReader<T> {
    path: PathBuf,
    name: String,
    size: u64,
    form: Form,
    position: CsvPosition,
    /// The file and the names of its columns, while it is this reader's turn.
    open: Option<(csv::Reader<File>, Option<ByteRecord>)>,
    row: ByteRecord,
    turn: Turn,
    rows: PhantomData<fn() -> T>,
}

/// What reading one row came to.
enum Row<T> {
    Good(T),
    Bad(BadRow),
    End,
}

impl<T: DeserializeOwned> CsvReader<T> {
    fn start(&self) -> Result<(csv::Reader<File>, Option<ByteRecord>), Fault> {
        let file = File::open(&self.path).map_err(|error| fault::io("cannot open the file", &self.name, error))?;
        let mut reader = ReaderBuilder::new()
            .delimiter(self.form.delimiter)
            .has_headers(self.form.headers)
            .trim(if self.form.trim { Trim::All } else { Trim::None })
            .flexible(self.form.flexible)
            .comment(self.form.comment)
            .buffer_capacity(256 << 10)
            .from_reader(file);
        let headers = match self.form.headers {
            true => Some(reader.byte_headers().map_err(|error| self.fault(error))?.clone()),
            false => None,
        };
        if self.position.byte > 0 {
            let mut position = csv::Position::new();
            position.set_byte(self.position.byte).set_line(self.position.line).set_record(self.position.row);
            reader.seek(position).map_err(|error| self.fault(error))?;
        }
        Ok((reader, headers))
    }

    fn fault(&self, error: csv::Error) -> Fault {
        let place = format!("line {}", self.position.line.max(1));
        match error.into_kind() {
            ErrorKind::Io(error) => fault::io("cannot read", &self.name, error),
            other => Fault::new("cannot read the file as CSV").partition(&self.name).cause(format!("{other:?}")),
        }
        .position(place)
    }

    fn next_row(&mut self) -> Result<Row<T>, Fault> {
        if self.open.is_none() {
            self.open = Some(self.start()?);
        }
        let Some((reader, headers)) = &mut self.open else { return Ok(Row::End) };
        let read = reader.read_byte_record(&mut self.row);
        self.position = reader.position().into();
        let error = match read {
            Ok(false) => return Ok(Row::End),
            Ok(true) => match self.row.deserialize::<T>(headers.as_ref()) {
                Ok(item) => return Ok(Row::Good(item)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        if error.is_io_error() {
            return Err(self.fault(error));
        }
        let line = error.position().or(self.row.position()).map_or(self.position.line, csv::Position::line);
        Ok(Row::Bad(BadRow::new(&self.name, line, &error, headers.as_ref(), &self.row, self.form.delimiter)))
    }

    /// Reads rows as `next_batch` does; `take` fails where the flow is to stop.
    fn rows(
        &mut self,
        budget: usize,
        mut take: impl FnMut(Result<T, BadRow>) -> Result<(), BadRow>,
    ) -> Result<Next, Fault> {
        if !self.turn.has_come() {
            return Ok(Next::Pending);
        }
        for _ in 0..budget {
            let taken = match self.next_row()? {
                Row::Good(item) => take(Ok(item)),
                Row::Bad(row) => take(Err(row)),
                Row::End => {
                    self.open = None;
                    self.turn.pass();
                    return Ok(Next::End);
                }
            };
            if let Err(row) = taken {
                return Err(Fault::new("a row cannot be read")
                    .partition(&self.name)
                    .position(format!("line {}", row.line()))
                    .cause(row)
                    .help("fix the row; without `.strict()` bad rows can be split off"));
            }
        }
        Ok(Next::More)
    }
}

impl<T: DeserializeOwned> Reader for CsvReader<T> {
    type Item = Result<T, BadRow>;
    type Position = CsvPosition;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(Result<T, BadRow>)) -> Result<Next, Fault> {
        self.rows(budget, |row| {
            emit(row);
            Ok(())
        })
    }

    fn position(&self) -> CsvPosition {
        self.position
    }

    fn progress(&self) -> Option<Progress> {
        Some(Progress { done: self.position.byte.min(self.size), total: self.size })
    }
}

/// The rows of CSV files, where a row that cannot be read stops the flow: [`CsvSource::strict`].
#[derive(Debug)]
pub struct StrictCsvSource<T>(CsvSource<T>);

impl<T> Clone for StrictCsvSource<T> {
    fn clone(&self) -> Self {
        StrictCsvSource(self.0.clone())
    }
}

impl<T: DeserializeOwned + 'static> Source for StrictCsvSource<T> {
    type Item = T;
    type Bound = Bounded;
    type Reader = StrictCsvReader<T>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        self.0.partitions()
    }

    fn open(&self, partition: &str, position: Option<CsvPosition>, cx: &SourceCx) -> Result<StrictCsvReader<T>, Fault> {
        self.0.open(partition, position, cx).map(StrictCsvReader)
    }
}

/// Reads the rows of a file, and stops at one that cannot be read.
pub struct StrictCsvReader<T>(CsvReader<T>);

impl<T: DeserializeOwned> Reader for StrictCsvReader<T> {
    type Item = T;
    type Position = CsvPosition;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(T)) -> Result<Next, Fault> {
        self.0.rows(budget, |row| row.map(&mut *emit))
    }

    fn position(&self) -> CsvPosition {
        self.0.position()
    }

    fn progress(&self) -> Option<Progress> {
        self.0.progress()
    }
}
