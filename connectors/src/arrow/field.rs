//! What makes a type a column: [`Field`].

use arrow_array::ArrayRef;
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::error::ColumnError;

/// A type that can be a column of a [`Record`](super::Record).
///
/// The column's values are of type `T`, which is the type itself but for the markers that an attribute of the derive
/// stands for: [`AsText<Url>`](super::AsText) makes a column of `Url`s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    label = "not a type of column",
    note = "columns are integers, floats, bool, text, bytes, chrono's dates and times, `Timestamp`, and `Option` and `Vec` \
            of these",
    note = "for a struct of columns or an enum without fields, put `#[derive(Record)]` on it; for a type that wraps \
            text, `#[record(as_text)]` on the field; for an `i128`, `#[record(decimal(precision, scale))]`; to leave \
            the field out, `#[record(skip)]`"
)]
pub trait Field<T: ?Sized = Self> {
    /// Builds the column, and says of which Arrow type it is.
    type Builder: ColumnBuilder + Append<T>;

    /// Reads the column, if it is a [`ColumnReader<T>`]; [`Unreadable`] is none.
    type Reader;
}

/// The reader of a column whose values borrow, and so can be written but not read.
#[derive(Debug, Clone, Copy)]
pub struct Unreadable;

/// A column of which a `Vec` makes lists. All are, but `u8`: a `Vec<u8>` is one value, some bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a column",
    label = "not a type of column",
    note = "columns are integers, floats, bool, text, bytes, chrono's dates and times, `Timestamp`, and `Option` and `Vec` \
            of these; for a struct of columns or an enum without fields, put `#[derive(Record)]` on it"
)]
pub trait ListItem<T = Self>: Field<T> {}

/// Builds one column.
pub trait ColumnBuilder: Send + 'static {
    /// True where the column can hold nulls.
    const NULLABLE: bool = false;

    /// The column's Arrow type.
    fn data_type() -> DataType;

    /// A builder that has room for `rows`.
    fn with_capacity(rows: usize) -> Self;

    /// Adds a value that stands where there is none.
    fn append_null(&mut self);

    /// About how many bytes the column takes.
    fn bytes(&self) -> usize;

    /// The column built so far, with `nulls` over it. The builder is reset.
    ///
    /// # Errors
    /// Where the values make no column: more than 2 GiB of text, a decimal of too many digits.
    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError>;
}

/// Adds values of type `T` to a column. Apart from [`ColumnBuilder`], so that one builder takes `&str`s of any lifetime.
pub trait Append<T: ?Sized> {
    /// Adds one value.
    fn append(&mut self, value: &T);
}

/// Reads the values of one column.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot be read from a column",
    label = "can be written to a column only",
    note = "a record that is read owns what it holds: `String` in place of `&str`; for one that is only written, put \
            `#[record(write_only)]` on the struct"
)]
pub trait ColumnReader<T>: Sized {
    /// A reader of `array`, which may hold the values in any way that loses nothing: as a dictionary, as integers of
    /// another width.
    ///
    /// # Errors
    /// Where the array holds other values.
    fn open(array: &ArrayRef) -> Result<Self, ColumnError>;

    /// The value in `row`.
    ///
    /// # Errors
    /// Where it is null.
    ///
    /// # Panics
    /// Where there is no such row.
    fn get(&self, row: usize) -> Result<T, ColumnError>;
}
