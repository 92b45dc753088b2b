//! The source: Parquet files and directories of them, row group by row group.

use std::fmt;
use std::fs::File;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, Float32Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt64Array,
    new_null_array,
};
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use chrono::NaiveDate;
use flowstone_runtime::bound::Bounded;
use flowstone_runtime::error::Fault;
use flowstone_runtime::source::{Next, Partitions, Progress, Reader, Source, SourceCx};
use serde::{Deserialize, Serialize};

use super::fault::fault;
use super::hive;
use super::listing::Listing;
use crate::arrow::{ColumnError, ReadRecord, RecordReader, batch};

/// So many rows are decoded at a time.
const BATCH: usize = 4096;

/// Reads records, or Arrow record batches, from Parquet files.
///
/// ```no_run
/// use flowstone_connectors::arrow::Record;
/// use flowstone_connectors::parquet::ParquetSource;
///
/// #[derive(Record)]
/// # #[record(crate = flowstone_connectors)]
/// struct WebEvent {
///     year: i32,
///     page: String,
/// }
///
/// let source = ParquetSource::<WebEvent>::new("out");
/// ```
///
/// A directory is read with all below it, but for names that start with `_` or `.`; files that end in `.parquet`, `.parq`
/// or `.pq` are taken. Each file is a partition, owned by one worker. Only the columns that the record has are read, one
/// row group at a time, and the position is a row in it.
///
/// A column that the files lack is taken from the directories' names, `year=2024/page=%2Fhome/`, and turned into what the
/// record's field is. With record batches, columns of directories below the source's path come last: `Int64` where all
/// values are integers, else `Utf8`.
pub struct ParquetSource<R> {
    paths: Vec<PathBuf>,
    listing: Arc<OnceLock<Listing>>,
    of: PhantomData<fn() -> R>,
}

impl<R> ParquetSource<R> {
    /// Reads `path`: a file, or a directory of files.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        ParquetSource::files([path])
    }

    /// Reads several files or directories.
    #[must_use]
    pub fn files(paths: impl IntoIterator<Item = impl Into<PathBuf>>) -> Self {
        let paths = paths.into_iter().map(Into::into).collect();
        ParquetSource { paths, listing: Arc::default(), of: PhantomData }
    }

    /// The files, listed once.
    fn listing(&self) -> Result<&Listing, Fault> {
        if let Some(listing) = self.listing.get() {
            return Ok(listing);
        }
        let listing = Listing::of(&self.paths)?;
        Ok(self.listing.get_or_init(|| listing))
    }
}

impl<R> Clone for ParquetSource<R> {
    fn clone(&self) -> Self {
        ParquetSource { paths: self.paths.clone(), listing: self.listing.clone(), of: PhantomData }
    }
}

impl<R> fmt::Debug for ParquetSource<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParquetSource({:?})", self.paths)
    }
}

impl<R: Readable> Source for ParquetSource<R> {
    type Item = R;
    type Bound = Bounded;
    type Reader = ParquetReader<R>;

    fn partitions(&self) -> Result<Partitions, Fault> {
        Ok(Partitions::Shared(self.listing()?.files.clone()))
    }

    fn open(&self, partition: &str, position: Option<Position>, _: &SourceCx) -> Result<ParquetReader<R>, Fault> {
        ParquetReader::open(partition, position.unwrap_or_default(), self.listing()?)
    }
}

/// What a Parquet source is of: records that can be read, or record batches.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from Parquet files",
    label = "neither a record nor a `RecordBatch`",
    note = "put `#[derive(Record)]` on the struct; it owns what it holds: `String` in place of `&str`"
)]
pub trait Readable: Sized + 'static {
    /// The rows of one batch.
    #[doc(hidden)]
    type Rows;

    /// The columns it is made of. None for all that there are.
    #[doc(hidden)]
    fn schema() -> Option<SchemaRef>;

    /// The rows of `batch`, and how many items they make.
    ///
    /// # Errors
    /// Where a column holds what the record's field does not take.
    #[doc(hidden)]
    fn rows(batch: RecordBatch) -> Result<(Self::Rows, usize), ColumnError>;

    /// The item `at`, and how many rows it is made of.
    ///
    /// # Errors
    /// Where a field that is no `Option` has a null there.
    #[doc(hidden)]
    fn item(rows: &mut Self::Rows, at: usize) -> Result<(Self, u64), ColumnError>;
}

impl<R: ReadRecord + 'static> Readable for R {
    type Rows = R::Reader;

    fn schema() -> Option<SchemaRef> {
        Some(<R as crate::arrow::Record>::schema())
    }

    fn rows(batch: RecordBatch) -> Result<(R::Reader, usize), ColumnError> {
        Ok((R::read(&batch)?, batch.num_rows()))
    }

    #[inline]
    fn item(rows: &mut R::Reader, at: usize) -> Result<(R, u64), ColumnError> {
        Ok((rows.row(at)?, 1))
    }
}

impl Readable for RecordBatch {
    type Rows = RecordBatch;

    fn schema() -> Option<SchemaRef> {
        None
    }

    fn rows(batch: RecordBatch) -> Result<(RecordBatch, usize), ColumnError> {
        Ok((batch, 1))
    }

    fn item(rows: &mut RecordBatch, _: usize) -> Result<(RecordBatch, u64), ColumnError> {
        Ok((rows.clone(), rows.num_rows() as u64))
    }
}

/// How far a file has been read: the rows before `row` of the row group `row_group`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// The row group, counted from 0.
    pub row_group: usize,
    /// The row in it, counted from 0.
    pub row: u64,
}

/// Reads one Parquet file.
pub struct ParquetReader<R: Readable> {
    path: String,
    file: File,
    metadata: ArrowReaderMetadata,
    mask: ProjectionMask,
    /// Columns that the directories stand for, each a batch long.
    of_path: Vec<(FieldRef, ArrayRef)>,
    position: Position,
    done: u64,
    total: u64,
    /// The row group being read.
    batches: Option<ParquetRecordBatchReader>,
    current: Option<Current<R>>,
}

/// A batch being handed out.
struct Current<R: Readable> {
    rows: R::Rows,
    next: usize,
    items: usize,
}

impl<R: Readable> ParquetReader<R> {
    fn open(path: &str, position: Position, listing: &Listing) -> Result<Self, Fault> {
        let at = Path::new(path);
        let file = File::open(at).map_err(|error| fault("cannot open the file", at, error))?;
        let metadata = guard(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()))
            .and_then(|loaded| loaded.map_err(Into::into))
            .map_err(|error| damaged(path, "the end of the file", error))?;
        let (names, of_path) = columns::<R>(at, metadata.schema(), listing)
            .map_err(|error| fault("the columns do not fit the record, in", at, error))?;
        let roots = metadata.schema().fields().iter().enumerate();
        let roots: Vec<usize> = roots.filter(|(_, field)| names.contains(field.name())).map(|(at, _)| at).collect();
        let mask = ProjectionMask::roots(metadata.parquet_schema(), roots);
        let mut reader = ParquetReader {
            path: path.to_owned(),
            file,
            mask,
            of_path,
            position,
            done: position.row,
            total: 0,
            batches: None,
            current: None,
            metadata,
        };
        let groups = reader.metadata.metadata().row_groups();
        let rows = |groups: &[::parquet::file::metadata::RowGroupMetaData]| {
            groups.iter().map(|group| u64::try_from(group.num_rows()).unwrap_or(0)).sum::<u64>()
        };
        reader.total = rows(groups);
        reader.done += rows(&groups[..position.row_group.min(groups.len())]);
        Ok(reader)
    }

    /// The batch after the last one. None at the end of the file.
    fn next(&mut self) -> Result<Option<Current<R>>, Fault> {
        while self.position.row_group < self.metadata.metadata().num_row_groups() {
            let place = format!("row group {}", self.position.row_group);
            let batches = match self.batches.take() {
                Some(batches) => batches,
                None => self.row_group().map_err(|error| damaged(&self.path, &place, error))?,
            };
            let mut batches = batches;
            let next = guard(|| batches.next()).map_err(|error| damaged(&self.path, &place, error))?;
            if let Some(next) = next {
                self.batches = Some(batches);
                let next = next.map_err(|error| damaged(&self.path, &place, error.into()))?;
                let rows = self.complete(next).and_then(R::rows).map_err(|error| self.unfit(error))?;
                return Ok(Some(Current { rows: rows.0, next: 0, items: rows.1 }));
            }
            self.position = Position { row_group: self.position.row_group + 1, row: 0 };
        }
        Ok(None)
    }

    /// The row group at the position, from the row there on.
    fn row_group(&self) -> Result<ParquetRecordBatchReader, Cause> {
        let file = self.file.try_clone()?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![self.position.row_group])
            .with_projection(self.mask.clone())
            .with_batch_size(BATCH)
            .with_offset(usize::try_from(self.position.row)?);
        Ok(guard(|| builder.build())??)
    }

    /// `batch` with the columns that the directories stand for.
    fn complete(&self, from_file: RecordBatch) -> Result<RecordBatch, ColumnError> {
        if self.of_path.is_empty() {
            return Ok(from_file);
        }
        let rows = from_file.num_rows();
        let mut fields: Vec<FieldRef> = from_file.schema_ref().fields().iter().cloned().collect();
        let mut arrays = from_file.columns().to_vec();
        for (field, array) in &self.of_path {
            fields.push(field.clone());
            arrays.push(array.slice(0, rows));
        }
        let schema = Schema::new_with_metadata(fields, from_file.schema_ref().metadata().clone());
        batch(Arc::new(schema), arrays, rows)
    }

    fn unfit(&self, error: ColumnError) -> Fault {
        let Position { row_group, row } = self.position;
        Fault::new("the rows do not fit the record")
            .partition(&self.path)
            .position(format!("row group {row_group}, rows from {row}"))
            .cause(error)
            .help("give the field the column's type, or make it an `Option`")
    }
}

impl<R: Readable> Reader for ParquetReader<R> {
    type Item = R;
    type Position = Position;

    fn next_batch(&mut self, budget: usize, emit: &mut impl FnMut(R)) -> Result<Next, Fault> {
        let mut left = budget.max(1);
        while left > 0 {
            let mut current = match self.current.take() {
                Some(current) => current,
                None => match self.next()? {
                    Some(current) => current,
                    None => return Ok(Next::End),
                },
            };
            while current.next < current.items && left > 0 {
                let (item, rows) = R::item(&mut current.rows, current.next).map_err(|error| self.unfit(error))?;
                current.next += 1;
                self.position.row += rows;
                self.done += rows;
                // A batch counts for the rows in it.
                left = left.saturating_sub(usize::try_from(rows).unwrap_or(usize::MAX).max(1));
                emit(item);
            }
            if current.next < current.items {
                self.current = Some(current);
            }
        }
        Ok(Next::More)
    }

    fn position(&self) -> Position {
        self.position
    }

    fn progress(&self) -> Option<Progress> {
        Some(Progress { done: self.done.min(self.total), total: self.total })
    }
}

impl<R: Readable> fmt::Debug for ParquetReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParquetReader({} at {:?})", self.path, self.position)
    }
}

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What `read` returns; an error where it panics, as decoders do on some damaged files.
fn guard<T>(read: impl FnOnce() -> T) -> Result<T, Cause> {
    // The reader is not used again after that, so nothing half-changed is seen.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().cloned();
        said.or_else(|| panic.downcast_ref::<&str>().map(|&said| said.to_owned())).unwrap_or_default().into()
    })
}

fn damaged(path: &str, place: &str, cause: Cause) -> Fault {
    Fault::new("cannot read the Parquet file")
        .partition(path)
        .position(place)
        .cause(cause)
        .help("the file is damaged or not a Parquet file: write it again, or move it away")
}

/// The columns to read from the file, and those that its path stands for.
fn columns<R: Readable>(
    path: &Path,
    file: &Schema,
    listing: &Listing,
) -> Result<(Vec<String>, Vec<(FieldRef, ArrayRef)>), ColumnError> {
    let all = || file.fields().iter().map(|field| field.name().clone());
    let in_file = |name: &str| file.fields().iter().any(|field| field.name() == name);
    let of_path = hive::columns(Path::new(""), path);
    let mut constants = Vec::new();
    let mut add = |field: Field, value: &Option<String>| {
        let array = constant(field.data_type(), value.as_deref()).map_err(|error| error.within(field.name()))?;
        let field = Field::new(field.name(), array.data_type().clone(), true);
        constants.push((Arc::new(field), array));
        Ok::<(), ColumnError>(())
    };
    let names = match R::schema() {
        Some(record) => {
            for field in record.fields().iter().filter(|field| !in_file(field.name())) {
                match of_path.iter().rev().find(|(name, _)| name == field.name()) {
                    Some((_, value)) => add(field.as_ref().clone(), value)?,
                    None => {
                        let found = all().chain(of_path.iter().map(|(name, _)| name.clone()));
                        return Err(ColumnError::missing(field.name(), found.collect()));
                    }
                }
            }
            record.fields().iter().map(|field| field.name().clone()).collect()
        }
        None => {
            for (name, integers) in listing.columns.iter().filter(|(name, _)| !in_file(name)) {
                let data_type = if *integers { DataType::Int64 } else { DataType::Utf8 };
                let value =
                    of_path.iter().rev().find(|(column, _)| column == name).and_then(|(_, value)| value.clone());
                add(Field::new(name, data_type, true), &value)?;
            }
            all().collect()
        }
    };
    Ok((names, constants))
}

/// A batch's worth of `value`, as a column that a field of type `wants` can be read from.
fn constant(wants: &DataType, value: Option<&str>) -> Result<ArrayRef, ColumnError> {
    let Some(text) = value else { return Ok(new_null_array(wants, BATCH)) };
    let unfit = |what: &str| ColumnError::value(0, format!("the directory's name `{text}` is no {what}"));
    Ok(match wants {
        DataType::Utf8 | DataType::Dictionary(_, _) => {
            Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, BATCH)))
        }
        DataType::Boolean => {
            let value: bool = text.to_ascii_lowercase().parse().map_err(|_| unfit("truth value"))?;
            Arc::new(BooleanArray::from(vec![value; BATCH]))
        }
        DataType::Date32 => {
            let date: NaiveDate = text.parse().map_err(|_| unfit("date"))?;
            Arc::new(Date32Array::from(vec![date.to_epoch_days(); BATCH]))
        }
        DataType::Float32 => {
            let value: f32 = text.parse().map_err(|_| unfit("number"))?;
            Arc::new(Float32Array::from(vec![value; BATCH]))
        }
        DataType::Float64 => {
            let value: f64 = text.parse().map_err(|_| unfit("number"))?;
            Arc::new(Float64Array::from(vec![value; BATCH]))
        }
        integer if integer.is_integer() => match text.parse::<i64>() {
            Ok(value) => Arc::new(Int64Array::from(vec![value; BATCH])),
            Err(_) => {
                let value: u64 = text.parse().map_err(|_| unfit("integer"))?;
                Arc::new(UInt64Array::from(vec![value; BATCH]))
            }
        },
        other => return Err(ColumnError::mismatch("values of its own, not the names of directories", other)),
    })
}
