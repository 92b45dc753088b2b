//! Columns that are records themselves.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader};
use super::nulls::{Nulls, flat};
use super::record::{Arrays, RecordBuilder, RecordReader, struct_array};

/// Builds a column of records, of whose columns `B` is the builder.
#[derive(Debug)]
pub struct Nested<B>(B);

impl<B: RecordBuilder> ColumnBuilder for Nested<B> {
    fn data_type() -> DataType {
        DataType::Struct(B::fields())
    }

    fn with_capacity(rows: usize) -> Self {
        Nested(B::with_capacity(rows))
    }

    fn append_null(&mut self) {
        self.0.append_null();
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let rows = self.0.len();
        struct_array(B::fields(), self.0.finish_columns()?, rows, nulls)
    }
}

impl<R, B: Append<R>> Append<R> for Nested<B> {
    #[inline]
    fn append(&mut self, value: &R) {
        self.0.append(value);
    }
}

/// Reads a column of records.
#[derive(Debug)]
pub struct NestedReader<R> {
    rows: R,
    nulls: Nulls,
}

impl<T, R: RecordReader<T>> ColumnReader<T> for NestedReader<R> {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        let array = flat(array)?;
        let Some(structs) = array.as_struct_opt() else {
            return Err(ColumnError::mismatch("structs", array.data_type()));
        };
        Ok(NestedReader { rows: R::open(Arrays::of_struct(structs))?, nulls: Nulls::of(structs) })
    }

    fn get(&self, row: usize) -> Result<T, ColumnError> {
        self.nulls.forbid(row)?;
        self.rows.row(row)
    }
}
