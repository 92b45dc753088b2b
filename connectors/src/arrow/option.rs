//! Columns that may hold nothing: `Option<T>`.

use arrow_array::{Array, ArrayRef};
use arrow_buffer::{NullBuffer, NullBufferBuilder};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::Nulls;

/// Builds a column with nulls in it.
#[derive(Debug)]
pub struct Optional<B> {
    values: B,
    nulls: NullBufferBuilder,
}

impl<B: ColumnBuilder> ColumnBuilder for Optional<B> {
    const NULLABLE: bool = {
        assert!(!B::NULLABLE, "an `Option` of an `Option` cannot be a column: there is one kind of null");
        true
    };

    fn data_type() -> DataType {
        B::data_type()
    }

    fn with_capacity(rows: usize) -> Self {
        Optional { values: B::with_capacity(rows), nulls: NullBufferBuilder::new(rows) }
    }

    fn append_null(&mut self) {
        self.values.append_null();
        self.nulls.append_null();
    }

    fn bytes(&self) -> usize {
        self.values.bytes() + self.nulls.len() / 8
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let nulls = NullBuffer::union(nulls.as_ref(), self.nulls.finish().as_ref());
        self.values.finish(nulls)
    }
}

impl<T, B: ColumnBuilder + Append<T>> Append<Option<T>> for Optional<B> {
    #[inline]
    fn append(&mut self, value: &Option<T>) {
        match value {
            Some(value) => {
                self.values.append(value);
                self.nulls.append_non_null();
            }
            None => self.append_null(),
        }
    }
}

impl<T, F: Field<T>> Field<Option<T>> for Option<F> {
    type Builder = Optional<F::Builder>;
    type Reader = OptionReader<F::Reader>;
}

impl<T, F: Field<T>> ListItem<Option<T>> for Option<F> {}

/// Reads a column with nulls in it.
#[derive(Debug)]
pub struct OptionReader<R> {
    /// None for a column that holds nulls alone and has no type.
    values: Option<R>,
    nulls: Nulls,
}

impl<T, R: ColumnReader<T>> ColumnReader<Option<T>> for OptionReader<R> {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        let values = if *array.data_type() == DataType::Null { None } else { Some(R::open(array)?) };
        Ok(OptionReader { values, nulls: Nulls::of(array) })
    }

    #[inline]
    fn get(&self, row: usize) -> Result<Option<T>, ColumnError> {
        match &self.values {
            Some(values) if !self.nulls.at(row) => values.get(row).map(Some),
            _ => Ok(None),
        }
    }
}
