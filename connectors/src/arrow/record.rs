//! What makes a struct a record: [`Record`] to write it, [`ReadRecord`] to read it back.

use std::iter::FusedIterator;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, StructArray};
use arrow_schema::{Fields, Schema, SchemaRef};

use super::error::ColumnError;
use super::field::Append;

/// A struct whose fields are columns. `#[derive(Record)]` implements it.
///
/// ```
/// use flowstone_connectors::arrow::{Append, ReadRecord, Record, RecordBuilder, RecordReader};
///
/// #[derive(Record, Debug, PartialEq)]
/// # #[record(crate = flowstone_connectors)]
/// struct Hit {
///     page: String,
///     #[record(rename = "ms")]
///     duration: Option<u32>,
/// }
///
/// assert_eq!(Hit::COLUMNS[1].name, "ms");
/// let mut builder = Hit::builder(1);
/// builder.append(&Hit { page: "/home".into(), duration: None });
/// let batch = builder.finish()?;
/// assert_eq!(Hit::read(&batch)?.row(0)?, Hit { page: "/home".into(), duration: None });
/// # Ok::<(), flowstone_connectors::arrow::ColumnError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a record",
    label = "has no columns",
    note = "put `#[derive(Record)]` on the struct"
)]
pub trait Record: Sized {
    /// The columns, in their order.
    const COLUMNS: &'static [Column] = Self::Builder::COLUMNS;

    /// A struct with a [`Col`](super::Col) for each column, named like the field.
    type Columns;

    /// Builds the columns.
    type Builder: RecordBuilder + Append<Self>;

    /// The columns, to name some of them: `|columns| (columns.year, columns.month)`.
    fn columns() -> Self::Columns;

    /// The Arrow schema.
    #[must_use]
    fn schema() -> SchemaRef {
        Arc::new(Schema::new(Self::Builder::fields()))
    }

    /// A builder that has room for `rows`.
    #[must_use]
    fn builder(rows: usize) -> Self::Builder {
        Self::Builder::with_capacity(rows)
    }
}

/// A record that can be read back: one that borrows nothing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from columns",
    label = "can be written only",
    note = "put `#[derive(Record)]` on the struct; a record that is read owns what it holds: `String` in place of `&str`"
)]
pub trait ReadRecord: Record {
    /// Reads the columns.
    type Reader: RecordReader<Self>;

    /// A reader of the rows of `batch`, whose columns are found by name.
    ///
    /// # Errors
    /// Where a column is missing, or holds what the field does not take.
    fn read(batch: &RecordBatch) -> Result<Self::Reader, ColumnError> {
        Self::Reader::open(Arrays { fields: batch.schema_ref().fields(), arrays: batch.columns() })
    }
}

/// A column of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// True where it can hold nulls.
    pub nullable: bool,
}

impl Column {
    /// A column of this name.
    #[must_use]
    pub const fn new(name: &'static str, nullable: bool) -> Column {
        Column { name, nullable }
    }
}

/// Builds the columns of a record. Rows are added through [`Append`].
pub trait RecordBuilder: Send + Sized + 'static {
    /// The columns, in their order.
    const COLUMNS: &'static [Column];

    /// The columns' Arrow fields.
    fn fields() -> Fields;

    /// A builder that has room for `rows`.
    fn with_capacity(rows: usize) -> Self;

    /// The rows added since the last [`finish`](RecordBuilder::finish).
    fn len(&self) -> usize;

    /// True where there are no rows.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row that stands where there is none.
    fn append_null(&mut self);

    /// About how many bytes the rows take.
    fn bytes(&self) -> usize;

    /// The columns built so far. The builder is reset.
    ///
    /// # Errors
    /// Where the values of one make no column: more than 2 GiB of text, a decimal of too many digits.
    fn finish_columns(&mut self) -> Result<Vec<ArrayRef>, ColumnError>;

    /// The rows added so far. The builder is reset.
    ///
    /// # Errors
    /// As for [`finish_columns`](RecordBuilder::finish_columns).
    fn finish(&mut self) -> Result<RecordBatch, ColumnError> {
        let rows = self.len();
        let schema = Arc::new(Schema::new(Self::fields()));
        batch(schema, self.finish_columns()?, rows)
    }
}

/// `columns` as a batch of `rows`.
pub(crate) fn batch(schema: SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, ColumnError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema, columns, &options)?)
}

/// Reads the rows of a batch.
pub trait RecordReader<R>: Sized {
    /// A reader of `arrays`, found by name.
    ///
    /// # Errors
    /// Where one is missing, or holds what the field does not take.
    fn open(arrays: Arrays<'_>) -> Result<Self, ColumnError>;

    /// The row `row`, counted from 0.
    ///
    /// # Errors
    /// Where a field that is no `Option` has a null there.
    ///
    /// # Panics
    /// Where there is no such row.
    fn row(&self, row: usize) -> Result<R, ColumnError>;
}

/// Named arrays: those of a batch, or of a column of structs.
#[derive(Debug, Clone, Copy)]
pub struct Arrays<'a> {
    fields: &'a Fields,
    arrays: &'a [ArrayRef],
}

impl<'a> Arrays<'a> {
    /// The arrays of a column of structs.
    pub(crate) fn of_struct(array: &'a StructArray) -> Arrays<'a> {
        Arrays { fields: array.fields(), arrays: array.columns() }
    }

    /// The array called `name`, if there is one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a ArrayRef> {
        let index = self.fields.iter().position(|field| field.name() == name)?;
        self.arrays.get(index)
    }

    /// A reader of the array called `name`.
    ///
    /// # Errors
    /// Where there is none, or it holds other values.
    pub fn open<T, R: super::field::ColumnReader<T>>(&self, name: &str) -> Result<R, ColumnError> {
        match self.get(name) {
            Some(array) => R::open(array).map_err(|error| error.within(name)),
            None => Err(ColumnError::missing(name, self.fields.iter().map(|field| field.name().clone()).collect())),
        }
    }
}

/// The rows as one batch.
///
/// # Errors
/// Where they make none: more than 2 GiB of text in one column, a decimal of too many digits.
///
/// ```
/// use flowstone_connectors::arrow::{self, Record};
///
/// #[derive(Record, Debug, PartialEq)]
/// # #[record(crate = flowstone_connectors)]
/// struct Point { x: i32, y: i32 }
///
/// let batch = arrow::to_batch(&[Point { x: 1, y: 2 }])?;
/// let points: Vec<Point> = arrow::rows(&batch)?.collect::<Result<_, _>>()?;
/// assert_eq!(points, [Point { x: 1, y: 2 }]);
/// # Ok::<(), arrow::ColumnError>(())
/// ```
pub fn to_batch<'a, R: Record + 'a>(rows: impl IntoIterator<Item = &'a R>) -> Result<RecordBatch, ColumnError> {
    let rows = rows.into_iter();
    let mut builder = R::builder(rows.size_hint().0);
    for row in rows {
        builder.append(row);
    }
    builder.finish()
}

/// The rows of `batch`, one after another.
///
/// # Errors
/// Where a column is missing, or holds what the field does not take.
pub fn rows<R: ReadRecord>(batch: &RecordBatch) -> Result<RecordRows<R>, ColumnError> {
    Ok(RecordRows { reader: R::read(batch)?, next: 0, len: batch.num_rows() })
}

/// The rows of a batch: [`rows`].
pub struct RecordRows<R: ReadRecord> {
    reader: R::Reader,
    next: usize,
    len: usize,
}

impl<R: ReadRecord> Iterator for RecordRows<R> {
    type Item = Result<R, ColumnError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next == self.len {
            return None;
        }
        self.next += 1;
        Some(self.reader.row(self.next - 1))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len - self.next, Some(self.len - self.next))
    }
}

impl<R: ReadRecord> ExactSizeIterator for RecordRows<R> {}
impl<R: ReadRecord> FusedIterator for RecordRows<R> {}

impl<R: ReadRecord> std::fmt::Debug for RecordRows<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecordRows({} of {})", self.next, self.len)
    }
}

/// A column of structs, whose columns are `columns`.
pub(crate) fn struct_array(
    fields: Fields,
    columns: Vec<ArrayRef>,
    rows: usize,
    nulls: Option<arrow_buffer::NullBuffer>,
) -> Result<ArrayRef, ColumnError> {
    let array = StructArray::try_new_with_length(fields, columns, nulls, rows)?;
    debug_assert_eq!(array.len(), rows);
    Ok(Arc::new(array))
}
