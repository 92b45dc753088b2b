//! Records as Arrow columns and back: [`Record`], and what a column can be made of.
//!
//! `#[derive(Record)]` on a struct makes each of its fields a column, when the program is compiled: the Arrow schema, a
//! builder that takes rows by reference, and a reader that finds the columns by name.
//!
//! | field | column |
//! |---|---|
//! | `i8` … `i64`, `u8` … `u64`, `isize`, `usize` | integers of that width |
//! | `f32`, `f64`, `bool` | the same |
//! | `String`, `Box<str>`, `Arc<str>`, `&str`, `Cow<str>` | `Utf8` |
//! | `Vec<u8>`, `Box<[u8]>`, `&[u8]`, `Cow<[u8]>` | `Binary`; `[u8; N]` is `FixedSizeBinary(N)` |
//! | chrono's `NaiveDate`, `NaiveTime` | `Date32`, `Time64` in microseconds |
//! | chrono's `NaiveDateTime` | `Timestamp` in microseconds, no time zone |
//! | chrono's `DateTime<Utc>`, [`Timestamp`](flowstone_runtime::clock::Timestamp) | `Timestamp` in microseconds, UTC |
//! | `i128`, `i64`, `i32` with `decimal(precision, scale)` | `Decimal128(precision, scale)` |
//! | an enum without fields, with `#[derive(Record)]` | a dictionary of the variants' names |
//! | a struct with `#[derive(Record)]` | `Struct` |
//! | `Option<T>`, `Vec<T>` | nulls, `List` |
//!
//! On the struct or enum `#[record(rename_all = "camelCase")]` renames all columns or variants, as serde does. On a field:
//!
//! | `#[record(…)]` | |
//! |---|---|
//! | `rename = "name"` | the column's (or variant's) name |
//! | `skip` | no column; read back as the type's `Default` |
//! | `as_text` | a type that wraps text: `AsRef<str>`, and `From<String>` to be read |
//! | `decimal(precision, scale)` | an integer that counts the last digit of a decimal |
//!
//! `as_text` and `decimal` reach through an `Option<…>` or `Vec<…>` around the type. A struct that borrows can be written
//! and not read back; `#[record(write_only)]` on a struct says the same of one whose fields cannot be read.
//!
//! What is read may be laid out in any way that loses nothing: integers of another width if all values fit, text and
//! dictionaries in all of Arrow's forms, moments of any unit. Microseconds are what moments are written in: chrono's
//! nanoseconds are cut off.

mod boolean;
mod bytes;
mod decimal;
mod error;
mod field;
mod list;
mod nested;
mod nulls;
mod number;
mod option;
mod partition;
mod record;
mod rows;
mod text;
mod time;
mod variants;

#[doc(hidden)]
pub mod private;

/// Readers of columns, for those who read columns of a type known only at run time.
pub(crate) mod readers {
    pub(crate) use super::boolean::BooleanReader;
    pub(crate) use super::nulls::{Nulls, flat};
    pub(crate) use super::number::{NumberReader, integers};
    pub(crate) use super::text::TextReader;
    /// Days since 1970.
    pub(crate) type Days = NumberReader<arrow_array::types::Date32Type>;
}

#[doc(inline)]
pub use flowstone_macros::Record;

pub use decimal::Decimal;
pub use error::ColumnError;
pub use field::{Append, ColumnBuilder, ColumnReader, Field, ListItem, Unreadable};
pub(crate) use partition::text_key;
pub use partition::{Col, PartitionBy, PartitionValue};
pub(crate) use record::batch;
pub use record::{Arrays, Column, ReadRecord, Record, RecordBuilder, RecordReader, RecordRows, rows, to_batch};
pub use rows::Rows;
pub use text::AsText;
pub use variants::Variants;

pub use arrow_array::RecordBatch;
pub use arrow_schema::{DataType, SchemaRef};
