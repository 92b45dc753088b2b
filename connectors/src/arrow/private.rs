//! What the code of `#[derive(Record)]` names, and nothing else.

pub use std::option::Option;
pub use std::result::Result;
pub use std::string::String;
pub use std::sync::OnceLock;
pub use std::vec::Vec;

pub use arrow_array::ArrayRef;
pub use arrow_array::types::{Int8Type, Int16Type};
pub use arrow_schema::{Fields, SchemaRef};

pub use super::decimal::Decimal;
pub use super::error::ColumnError;
pub use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem, Unreadable};
pub use super::nested::{Nested, NestedReader};
pub use super::partition::{Col, PartitionValue};
pub use super::record::{Arrays, Column, ReadRecord, Record, RecordBuilder, RecordReader};
pub use super::rows::Rows;
pub use super::text::AsText;
pub use super::variants::{Named, VariantReader, Variants};

use std::sync::Arc;

/// The Arrow field of the column `name`.
#[must_use]
pub fn field<B: ColumnBuilder>(name: &str) -> Arc<arrow_schema::Field> {
    Arc::new(arrow_schema::Field::new(name, B::data_type(), B::NULLABLE))
}

/// The schema of `R`, made once.
pub fn schema<R: Record>(cell: &'static OnceLock<SchemaRef>) -> SchemaRef {
    cell.get_or_init(|| Arc::new(arrow_schema::Schema::new(R::Builder::fields()))).clone()
}

/// The key of a variant, in a partition's key.
pub fn variant_key(index: usize, key: &mut Vec<u8>) {
    key.extend_from_slice(&index.to_ne_bytes());
}

/// Finishes the column `name` and adds it to `columns`.
///
/// # Errors
/// Where its values make no column.
pub fn finish(builder: &mut impl ColumnBuilder, name: &str, columns: &mut Vec<ArrayRef>) -> Result<(), ColumnError> {
    columns.push(builder.finish(None).map_err(|error| error.within(name))?);
    Ok(())
}
