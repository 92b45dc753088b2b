//! Columns of lists: `Vec<T>`.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, FieldRef};

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::{Nulls, flat};

/// Builds a column of lists, of whose items `B` is the builder.
#[derive(Debug)]
pub struct Lists<B> {
    items: B,
    offsets: Vec<i32>,
    /// The items so far. `offsets` holds it cut off, which `finish` checks.
    len: usize,
}

impl<B: ColumnBuilder> Lists<B> {
    /// The Arrow field of the items.
    fn item() -> FieldRef {
        Arc::new(arrow_schema::Field::new_list_field(B::data_type(), B::NULLABLE))
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn end(&mut self) {
        self.offsets.push(self.len as i32);
    }

    fn offsets(rows: usize) -> Vec<i32> {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        offsets
    }
}

impl<B: ColumnBuilder> ColumnBuilder for Lists<B> {
    fn data_type() -> DataType {
        DataType::List(Self::item())
    }

    fn with_capacity(rows: usize) -> Self {
        Lists { items: B::with_capacity(rows), offsets: Self::offsets(rows), len: 0 }
    }

    fn append_null(&mut self) {
        self.end();
    }

    fn bytes(&self) -> usize {
        self.items.bytes() + size_of::<i32>() * self.offsets.len()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let items = self.items.finish(None)?;
        let offsets = std::mem::replace(&mut self.offsets, Self::offsets(0));
        if i32::try_from(std::mem::take(&mut self.len)).is_err() {
            return Err(ColumnError::too_long());
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(Arc::new(ListArray::try_new(Self::item(), offsets, items, nulls)?))
    }
}

impl<T, B: ColumnBuilder + Append<T>> Append<Vec<T>> for Lists<B> {
    fn append(&mut self, value: &Vec<T>) {
        for item in value {
            self.items.append(item);
        }
        self.len += value.len();
        self.end();
    }
}

impl<T, F: ListItem<T>> Field<Vec<T>> for Vec<F> {
    type Builder = Lists<F::Builder>;
    type Reader = ListReader<F::Reader>;
}

impl<T, F: ListItem<T>> ListItem<Vec<T>> for Vec<F> {}

/// Reads a column of lists.
#[derive(Debug)]
pub struct ListReader<R> {
    items: R,
    ranges: Ranges,
    nulls: Nulls,
}

#[derive(Debug)]
enum Ranges {
    Small(OffsetBuffer<i32>),
    Large(OffsetBuffer<i64>),
    Fixed(usize),
}

impl<T, R: ColumnReader<T>> ColumnReader<Vec<T>> for ListReader<R> {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        let array = &flat(array)?;
        let (items, ranges) = match array.data_type() {
            DataType::List(_) => {
                let lists = array.as_list::<i32>();
                (lists.values(), Ranges::Small(lists.offsets().clone()))
            }
            DataType::LargeList(_) => {
                let lists = array.as_list::<i64>();
                (lists.values(), Ranges::Large(lists.offsets().clone()))
            }
            DataType::FixedSizeList(_, _) => {
                let lists = array.as_fixed_size_list();
                (lists.values(), Ranges::Fixed(usize::try_from(lists.value_length()).unwrap_or(0)))
            }
            other => return Err(ColumnError::mismatch("lists (List)", other)),
        };
        let items = R::open(items).map_err(|error| error.within("[]"))?;
        Ok(ListReader { items, ranges, nulls: Nulls::of(array) })
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn get(&self, row: usize) -> Result<Vec<T>, ColumnError> {
        self.nulls.forbid(row)?;
        // Arrow's offsets are never negative.
        let range = match &self.ranges {
            Ranges::Small(offsets) => offsets[row] as usize..offsets[row + 1] as usize,
            Ranges::Large(offsets) => offsets[row] as usize..offsets[row + 1] as usize,
            Ranges::Fixed(len) => row * len..(row + 1) * len,
        };
        range.map(|index| self.items.get(index)).collect()
    }
}
