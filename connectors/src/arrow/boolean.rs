//! Columns of `bool`.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, BooleanArray};
use arrow_buffer::{BooleanBufferBuilder, NullBuffer};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::{Nulls, flat};

/// Builds a column of `bool`.
#[derive(Debug)]
pub struct Booleans(BooleanBufferBuilder);

impl ColumnBuilder for Booleans {
    fn data_type() -> DataType {
        DataType::Boolean
    }

    fn with_capacity(rows: usize) -> Self {
        Booleans(BooleanBufferBuilder::new(rows))
    }

    fn append_null(&mut self) {
        self.0.append(false);
    }

    fn bytes(&self) -> usize {
        self.0.len().div_ceil(8)
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        Ok(Arc::new(BooleanArray::new(self.0.finish(), nulls)))
    }
}

impl Append<bool> for Booleans {
    #[inline]
    fn append(&mut self, value: &bool) {
        self.0.append(*value);
    }
}

impl Field for bool {
    type Builder = Booleans;
    type Reader = BooleanReader;
}

impl ListItem for bool {}

/// Reads a column of `bool`.
#[derive(Debug)]
pub struct BooleanReader {
    values: BooleanArray,
    nulls: Nulls,
}

impl ColumnReader<bool> for BooleanReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        let array = flat(array)?;
        let Some(values) = array.as_boolean_opt() else {
            return Err(ColumnError::mismatch("truth values (Boolean)", array.data_type()));
        };
        Ok(BooleanReader { nulls: Nulls::of(values), values: values.clone() })
    }

    #[inline]
    fn get(&self, row: usize) -> Result<bool, ColumnError> {
        self.nulls.forbid(row)?;
        Ok(self.values.value(row))
    }
}
