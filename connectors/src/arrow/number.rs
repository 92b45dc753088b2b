//! Columns of integers and floats.

use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::{Nulls, flat};

/// Builds a column of numbers.
#[derive(Debug)]
pub struct Numbers<A: ArrowPrimitiveType> {
    values: Vec<A::Native>,
}

impl<A: ArrowPrimitiveType> Numbers<A> {
    #[inline]
    pub(crate) fn push(&mut self, value: A::Native) {
        self.values.push(value);
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The values built so far, as an array without nulls of its own. The builder is reset.
    pub(crate) fn take(&mut self, nulls: Option<NullBuffer>) -> PrimitiveArray<A> {
        let room = Vec::with_capacity(self.values.len());
        PrimitiveArray::new(ScalarBuffer::from(std::mem::replace(&mut self.values, room)), nulls)
    }
}

impl<A: ArrowPrimitiveType> ColumnBuilder for Numbers<A> {
    fn data_type() -> DataType {
        A::DATA_TYPE
    }

    fn with_capacity(rows: usize) -> Self {
        Numbers { values: Vec::with_capacity(rows) }
    }

    fn append_null(&mut self) {
        self.values.push(A::Native::default());
    }

    fn bytes(&self) -> usize {
        size_of::<A::Native>() * self.values.len()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        Ok(Arc::new(self.take(nulls)))
    }
}

/// Reads a column of numbers.
#[derive(Debug)]
pub struct NumberReader<A: ArrowPrimitiveType> {
    values: ScalarBuffer<A::Native>,
    nulls: Nulls,
    of: PhantomData<A>,
}

impl<A: ArrowPrimitiveType> NumberReader<A> {
    pub(crate) fn new(values: ScalarBuffer<A::Native>, nulls: Nulls) -> Self {
        NumberReader { values, nulls, of: PhantomData }
    }

    #[inline]
    pub(crate) fn value(&self, row: usize) -> Result<A::Native, ColumnError> {
        self.nulls.forbid(row)?;
        Ok(self.values[row])
    }

    /// The values of `array` where it is of this very type.
    fn same(array: &ArrayRef) -> Option<Self> {
        let array = array.as_primitive_opt::<A>()?;
        Some(Self::new(array.values().clone(), Nulls::of(array)))
    }
}

/// The integers of `array`, of whatever width they are there, in the width of `A` if all of them fit.
pub(crate) fn integers<A>(array: &ArrayRef) -> Result<NumberReader<A>, ColumnError>
where
    A: ArrowPrimitiveType,
    A::Native: TryFrom<i128>,
{
    if let Some(same) = NumberReader::same(array) {
        return Ok(same);
    }
    let array = &flat(array)?;
    match array.data_type() {
        DataType::Int8 => convert::<Int8Type, A>(array),
        DataType::Int16 => convert::<Int16Type, A>(array),
        DataType::Int32 => convert::<Int32Type, A>(array),
        DataType::Int64 => convert::<Int64Type, A>(array),
        DataType::UInt8 => convert::<UInt8Type, A>(array),
        DataType::UInt16 => convert::<UInt16Type, A>(array),
        DataType::UInt32 => convert::<UInt32Type, A>(array),
        DataType::UInt64 => convert::<UInt64Type, A>(array),
        other => Err(ColumnError::mismatch(format!("integers ({})", A::DATA_TYPE), other)),
    }
}

fn convert<From, To>(array: &ArrayRef) -> Result<NumberReader<To>, ColumnError>
where
    From: ArrowPrimitiveType,
    From::Native: Into<i128>,
    To: ArrowPrimitiveType,
    To::Native: TryFrom<i128>,
{
    let array = array.as_primitive::<From>();
    let nulls = Nulls::of(array);
    let values: Result<Vec<To::Native>, ColumnError> = array
        .values()
        .iter()
        .enumerate()
        .map(|(row, &value)| {
            let value: i128 = value.into();
            match To::Native::try_from(value) {
                Ok(value) => Ok(value),
                Err(_) if nulls.at(row) => Ok(To::Native::default()),
                Err(_) => Err(ColumnError::value(row, format!("{value} does not fit into {}", To::DATA_TYPE))),
            }
        })
        .collect();
    Ok(NumberReader::new(ScalarBuffer::from(values?), nulls))
}

macro_rules! integers {
    ($($native:ty, $arrow:ty, $item:ident;)*) => {$(
        impl Field for $native {
            type Builder = Numbers<$arrow>;
            type Reader = NumberReader<$arrow>;
        }

        // `usize` and `isize` are stored as 64 bits, which they have at the most.
        impl Append<$native> for Numbers<$arrow> {
            #[inline]
            #[allow(clippy::unnecessary_cast, reason = "for `usize` and `isize` it is one")]
            fn append(&mut self, value: &$native) {
                self.push(*value as <$arrow as ArrowPrimitiveType>::Native);
            }
        }

        impl ColumnReader<$native> for NumberReader<$arrow> {
            fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
                integers(array)
            }

            #[inline]
            #[allow(clippy::useless_conversion, reason = "for `usize` and `isize` it is one")]
            fn get(&self, row: usize) -> Result<$native, ColumnError> {
                let value = self.value(row)?;
                <$native>::try_from(value)
                    .map_err(|_| ColumnError::value(row, format!("{value} does not fit into {}", stringify!($native))))
            }
        }

        integers!(@$item $native);
    )*};
    (@list $native:ty) => { impl ListItem for $native {} };
    (@bytes $native:ty) => {};
}

integers! {
    i8, Int8Type, list;
    i16, Int16Type, list;
    i32, Int32Type, list;
    i64, Int64Type, list;
    isize, Int64Type, list;
    u8, UInt8Type, bytes;
    u16, UInt16Type, list;
    u32, UInt32Type, list;
    u64, UInt64Type, list;
    usize, UInt64Type, list;
}

macro_rules! floats {
    ($($native:ty, $arrow:ty, $open:path;)*) => {$(
        impl Field for $native {
            type Builder = Numbers<$arrow>;
            type Reader = NumberReader<$arrow>;
        }

        impl Append<$native> for Numbers<$arrow> {
            #[inline]
            fn append(&mut self, value: &$native) {
                self.push(*value);
            }
        }

        impl ColumnReader<$native> for NumberReader<$arrow> {
            fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
                $open(array)
            }

            #[inline]
            fn get(&self, row: usize) -> Result<$native, ColumnError> {
                self.value(row)
            }
        }

        impl ListItem for $native {}
    )*};
}

floats! {
    f32, Float32Type, singles;
    f64, Float64Type, doubles;
}

fn singles(array: &ArrayRef) -> Result<NumberReader<Float32Type>, ColumnError> {
    let array = &flat(array)?;
    NumberReader::same(array).ok_or_else(|| ColumnError::mismatch("floats (Float32)", array.data_type()))
}

fn doubles(array: &ArrayRef) -> Result<NumberReader<Float64Type>, ColumnError> {
    let array = &flat(array)?;
    match array.data_type() {
        DataType::Float32 => {
            let array = array.as_primitive::<Float32Type>();
            let values: Vec<f64> = array.values().iter().map(|&value| f64::from(value)).collect();
            Ok(NumberReader::new(ScalarBuffer::from(values), Nulls::of(array)))
        }
        other => NumberReader::same(array).ok_or_else(|| ColumnError::mismatch("floats (Float64 or Float32)", other)),
    }
}
