//! Columns of bytes: `Vec<u8>`, `[u8; N]`, and what borrows them.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BinaryArray, BinaryViewArray, FixedSizeBinaryArray, LargeBinaryArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem, Unreadable};
use super::nulls::{Nulls, flat};

/// Builds a column of bytes.
#[derive(Debug)]
pub struct Bytes {
    bytes: Vec<u8>,
    offsets: Vec<i32>,
}

impl Bytes {
    fn new(rows: usize, bytes: usize) -> Bytes {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Bytes { bytes: Vec::with_capacity(bytes), offsets }
    }

    /// Only the last offset is checked, in `finish`: as they never fall, all fit where the last one does.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn end(&mut self) {
        self.offsets.push(self.bytes.len() as i32);
    }
}

impl ColumnBuilder for Bytes {
    fn data_type() -> DataType {
        DataType::Binary
    }

    fn with_capacity(rows: usize) -> Self {
        Bytes::new(rows, 0)
    }

    fn append_null(&mut self) {
        self.end();
    }

    fn bytes(&self) -> usize {
        self.bytes.len() + size_of::<i32>() * self.offsets.len()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let anew = Bytes::new(self.offsets.len() - 1, self.bytes.len());
        let Bytes { bytes, offsets } = std::mem::replace(self, anew);
        if i32::try_from(bytes.len()).is_err() {
            return Err(ColumnError::too_long());
        }
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        Ok(Arc::new(BinaryArray::try_new(offsets, Buffer::from_vec(bytes), nulls)?))
    }
}

impl<T: AsRef<[u8]> + ?Sized> Append<T> for Bytes {
    #[inline]
    fn append(&mut self, value: &T) {
        self.bytes.extend_from_slice(value.as_ref());
        self.end();
    }
}

/// Reads a column of bytes, in whichever of Arrow's layouts it is.
#[derive(Debug)]
pub struct BytesReader {
    values: Values,
    nulls: Nulls,
}

#[derive(Debug)]
enum Values {
    Small(BinaryArray),
    Large(LargeBinaryArray),
    View(BinaryViewArray),
    Fixed(FixedSizeBinaryArray),
}

impl BytesReader {
    fn new(array: &ArrayRef) -> Result<BytesReader, ColumnError> {
        let array = flat(array)?;
        let values = match array.data_type() {
            DataType::Binary => Values::Small(array.as_binary().clone()),
            DataType::LargeBinary => Values::Large(array.as_binary().clone()),
            DataType::BinaryView => Values::View(array.as_binary_view().clone()),
            DataType::FixedSizeBinary(_) => Values::Fixed(array.as_fixed_size_binary().clone()),
            other => return Err(ColumnError::mismatch("bytes (Binary)", other)),
        };
        Ok(BytesReader { values, nulls: Nulls::of(&array) })
    }

    fn bytes(&self, row: usize) -> Result<&[u8], ColumnError> {
        self.nulls.forbid(row)?;
        Ok(match &self.values {
            Values::Small(array) => array.value(row),
            Values::Large(array) => array.value(row),
            Values::View(array) => array.value(row),
            Values::Fixed(array) => array.value(row),
        })
    }
}

macro_rules! bytes {
    ($(($($lifetime:lifetime)?) $bytes:ty, $reader:ty;)*) => {$(
        impl$(<$lifetime>)? Field for $bytes {
            type Builder = Bytes;
            type Reader = $reader;
        }

        impl$(<$lifetime>)? ListItem for $bytes {}
    )*};
}

bytes! {
    () Vec<u8>, BytesReader;
    () Box<[u8]>, BytesReader;
    ('a) &'a [u8], Unreadable;
    ('a) Cow<'a, [u8]>, BytesReader;
}

macro_rules! read {
    ($($bytes:ty, $read:expr;)*) => {$(
        impl ColumnReader<$bytes> for BytesReader {
            fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
                BytesReader::new(array)
            }

            fn get(&self, row: usize) -> Result<$bytes, ColumnError> {
                self.bytes(row).map($read)
            }
        }
    )*};
}

read! {
    Vec<u8>, <[u8]>::to_vec;
    Box<[u8]>, Box::from;
    Cow<'static, [u8]>, |bytes| Cow::Owned(bytes.to_owned());
}

/// Builds a column of arrays of `N` bytes.
#[derive(Debug)]
pub struct FixedBytes<const N: usize>(Vec<u8>, usize);

impl<const N: usize> FixedBytes<N> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    const SIZE: i32 = {
        assert!(N <= i32::MAX as usize, "a column of bytes holds less than 2 GiB a value");
        N as i32
    };
}

impl<const N: usize> ColumnBuilder for FixedBytes<N> {
    fn data_type() -> DataType {
        DataType::FixedSizeBinary(Self::SIZE)
    }

    fn with_capacity(rows: usize) -> Self {
        FixedBytes(Vec::with_capacity(rows * N), 0)
    }

    fn append_null(&mut self) {
        self.0.resize(self.0.len() + N, 0);
        self.1 += 1;
    }

    fn bytes(&self) -> usize {
        self.0.len()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let rows = std::mem::take(&mut self.1);
        let bytes = std::mem::replace(&mut self.0, Vec::with_capacity(rows * N));
        let array = FixedSizeBinaryArray::try_new_with_len(Self::SIZE, Buffer::from_vec(bytes), nulls, rows)?;
        Ok(Arc::new(array))
    }
}

impl<const N: usize> Append<[u8; N]> for FixedBytes<N> {
    fn append(&mut self, value: &[u8; N]) {
        self.0.extend_from_slice(value);
        self.1 += 1;
    }
}

impl<const N: usize> Field for [u8; N] {
    type Builder = FixedBytes<N>;
    type Reader = BytesReader;
}

impl<const N: usize> ListItem for [u8; N] {}

impl<const N: usize> ColumnReader<[u8; N]> for BytesReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        BytesReader::new(array)
    }

    fn get(&self, row: usize) -> Result<[u8; N], ColumnError> {
        let bytes = self.bytes(row)?;
        bytes.try_into().map_err(|_| ColumnError::value(row, format!("{} bytes, and the field takes {N}", bytes.len())))
    }
}
