//! What the code of `#[derive(Record)]` names, and nothing else.

pub use std::option::Option;
pub use std::result::Result;
pub use std::string::String;
pub use std::sync::OnceLock;
pub use std::vec::Vec;

pub use arrow_array::ArrayRef;
pub use arrow_array::types::{Int8Type, Int16Type};
pub use arrow_schema::{DataType, Field as ArrowField, Fields, Schema, SchemaRef};

pub use super::decimal::Decimal;
pub use super::error::ColumnError;
pub use super::field::{Append, ColumnBuilder, ColumnReader, Field, FromColumn, ListItem};
pub use super::nested::{Nested, NestedReader};
pub use super::partition::{Col, PartitionValue};
pub use super::record::{Arrays, Column, ReadRecord, Record, RecordBuilder, RecordReader};
pub use super::rows::Rows;
pub use super::text::AsText;
pub use super::variants::{Named, VariantReader, Variants, variants_type};

use std::sync::Arc;

/// The Arrow field of the column `name`.
#[must_use]
pub fn field<T, F: Field<T>>(name: &str) -> Arc<ArrowField> {
    Arc::new(ArrowField::new(name, F::data_type(), F::NULLABLE))
}

/// The Arrow type of a column of records.
#[must_use]
pub fn struct_type<B: RecordBuilder>() -> DataType {
    super::record::struct_type::<B>()
}

/// The schema of `fields`.
#[must_use]
pub fn schema(fields: Fields) -> SchemaRef {
    Arc::new(Schema::new(fields))
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
