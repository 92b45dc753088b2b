//! Columns of decimals: integers that count the last of a fixed number of digits after the point.

use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::{NullBuffer, ScalarBuffer, i256};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::{Nulls, flat};
use super::number::{NumberReader, Numbers};

/// A column of decimals of `PRECISION` digits, of which `SCALE` are after the point:
/// `#[record(decimal(precision, scale))]` on a field of type `i128`, `i64` or `i32`.
///
/// With a scale of 2 the field `1999` is the column's `19.99`.
#[derive(Debug)]
pub struct Decimal<T, const PRECISION: u8, const SCALE: i8>(PhantomData<T>);

/// Builds a column of decimals.
#[derive(Debug)]
pub struct Decimals<const PRECISION: u8, const SCALE: i8>(Numbers<Decimal128Type>);

impl<const PRECISION: u8, const SCALE: i8> ColumnBuilder for Decimals<PRECISION, SCALE> {
    fn data_type() -> DataType {
        DataType::Decimal128(PRECISION, SCALE)
    }

    fn with_capacity(rows: usize) -> Self {
        Decimals(Numbers::with_capacity(rows))
    }

    fn append_null(&mut self) {
        self.0.append_null();
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let array = self.0.take(nulls);
        let limit = 10_u128.checked_pow(u32::from(PRECISION)).unwrap_or(u128::MAX);
        if let Some(row) = array.values().iter().position(|value| value.unsigned_abs() >= limit) {
            let value = array.value(row);
            return Err(ColumnError::value(row, format!("{value} has more than {PRECISION} digits")));
        }
        Ok(Arc::new(array.with_precision_and_scale(PRECISION, SCALE)?))
    }
}

/// Reads a column of decimals.
#[derive(Debug)]
pub struct DecimalReader<const SCALE: i8>(NumberReader<Decimal128Type>);

impl<const SCALE: i8> DecimalReader<SCALE> {
    fn new(array: &ArrayRef) -> Result<Self, ColumnError> {
        let array = &flat(array)?;
        match array.data_type() {
            DataType::Decimal32(_, scale) => Self::scaled::<Decimal32Type>(array, *scale),
            DataType::Decimal64(_, scale) => Self::scaled::<Decimal64Type>(array, *scale),
            DataType::Decimal128(_, scale) => Self::scaled::<Decimal128Type>(array, *scale),
            DataType::Decimal256(_, scale) => Self::scaled::<Decimal256Type>(array, *scale),
            other => Err(ColumnError::mismatch(format!("decimals of scale {SCALE}"), other)),
        }
    }

    /// The values of `array`, which has `scale` digits after the point: no more than there are to be.
    fn scaled<A: ArrowPrimitiveType>(array: &ArrayRef, scale: i8) -> Result<Self, ColumnError>
    where
        A::Native: Digits,
    {
        let wrong = || ColumnError::mismatch(format!("decimals of scale {SCALE}"), array.data_type());
        let digits = u32::try_from(i16::from(SCALE) - i16::from(scale)).map_err(|_| wrong())?;
        let factor = 10_i128.checked_pow(digits).ok_or_else(wrong)?;
        let array = array.as_primitive::<A>();
        let nulls = Nulls::of(array);
        let values: Result<Vec<i128>, ColumnError> = array
            .values()
            .iter()
            .enumerate()
            .map(|(row, value)| match value.digits().and_then(|digits| digits.checked_mul(factor)) {
                Some(value) => Ok(value),
                None if nulls.at(row) => Ok(0),
                None => Err(ColumnError::value(row, "this decimal has more digits than an i128 holds")),
            })
            .collect();
        Ok(DecimalReader(NumberReader::new(ScalarBuffer::from(values?), nulls)))
    }
}

/// The digits of a decimal, as an integer.
trait Digits {
    fn digits(&self) -> Option<i128>;
}

impl Digits for i32 {
    fn digits(&self) -> Option<i128> {
        Some((*self).into())
    }
}

impl Digits for i64 {
    fn digits(&self) -> Option<i128> {
        Some((*self).into())
    }
}

impl Digits for i128 {
    fn digits(&self) -> Option<i128> {
        Some(*self)
    }
}

impl Digits for i256 {
    fn digits(&self) -> Option<i128> {
        self.to_i128()
    }
}

macro_rules! decimals {
    ($($native:ty)*) => {$(
        impl<const PRECISION: u8, const SCALE: i8> Field<$native> for Decimal<$native, PRECISION, SCALE> {
            type Builder = Decimals<PRECISION, SCALE>;
            type Reader = DecimalReader<SCALE>;
        }

        impl<const PRECISION: u8, const SCALE: i8> ListItem<$native> for Decimal<$native, PRECISION, SCALE> {}

        impl<const PRECISION: u8, const SCALE: i8> Append<$native> for Decimals<PRECISION, SCALE> {
            #[inline]
            fn append(&mut self, value: &$native) {
                self.0.push((*value).into());
            }
        }

        impl<const SCALE: i8> ColumnReader<$native> for DecimalReader<SCALE> {
            fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
                DecimalReader::new(array)
            }

            #[allow(clippy::useless_conversion, reason = "for the narrower ones it is one")]
            fn get(&self, row: usize) -> Result<$native, ColumnError> {
                let value = self.0.value(row)?;
                <$native>::try_from(value)
                    .map_err(|_| ColumnError::value(row, format!("{value} does not fit into {}", stringify!($native))))
            }
        }
    )*};
}

decimals! { i32 i64 i128 }
