//! Columns of dates and times: chrono's, and the [`Timestamp`] that flows go by.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use flowstone_runtime::clock::Timestamp;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem};
use super::nulls::{Nulls, flat};
use super::number::{NumberReader, Numbers};

/// 1970-01-01, counted as chrono counts days: from the year 1 on.
const EPOCH_FROM_CE: i32 = 719_163;
const MICROS: i64 = 1_000_000;

// Days: `NaiveDate`.

impl Field for NaiveDate {
    type Builder = Numbers<Date32Type>;
    type Reader = NumberReader<Date32Type>;
}

impl ListItem for NaiveDate {}

impl Append<NaiveDate> for Numbers<Date32Type> {
    #[inline]
    fn append(&mut self, value: &NaiveDate) {
        self.push(value.num_days_from_ce() - EPOCH_FROM_CE);
    }
}

impl ColumnReader<NaiveDate> for NumberReader<Date32Type> {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        const DAY: i64 = 24 * 60 * 60 * 1_000;
        let array = &flat(array)?;
        match array.data_type() {
            DataType::Date32 => {
                Ok(NumberReader::new(array.as_primitive::<Date32Type>().values().clone(), Nulls::of(array)))
            }
            DataType::Date64 => {
                let millis = array.as_primitive::<Date64Type>().values();
                let days: Vec<i32> =
                    millis.iter().map(|millis| i32::try_from(millis.div_euclid(DAY)).unwrap_or(i32::MAX)).collect();
                Ok(NumberReader::new(ScalarBuffer::from(days), Nulls::of(array)))
            }
            other => Err(ColumnError::mismatch("dates (Date32)", other)),
        }
    }

    fn get(&self, row: usize) -> Result<NaiveDate, ColumnError> {
        let days = self.value(row)?;
        days.checked_add(EPOCH_FROM_CE)
            .and_then(NaiveDate::from_num_days_from_ce_opt)
            .ok_or_else(|| ColumnError::value(row, format!("day {days} is no date that chrono has")))
    }
}

// Moments, in microseconds: with a zone (UTC) or without one.

/// Builds a column of moments, which are in `UTC` or in no zone.
#[derive(Debug)]
pub struct Moments<const UTC: bool>(Numbers<TimestampMicrosecondType>);

fn moments(utc: bool) -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, utc.then(|| Arc::from("UTC")))
}

impl<const UTC: bool> ColumnBuilder for Moments<UTC> {
    fn data_type() -> DataType {
        moments(UTC)
    }

    fn with_capacity(rows: usize) -> Self {
        Moments(Numbers::with_capacity(rows))
    }

    fn append_null(&mut self) {
        self.0.append_null();
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        Ok(Arc::new(self.0.take(nulls).with_data_type(moments(UTC))))
    }
}

impl Append<DateTime<Utc>> for Moments<true> {
    #[inline]
    fn append(&mut self, value: &DateTime<Utc>) {
        self.0.push(value.timestamp_micros());
    }
}

impl Append<Timestamp> for Moments<true> {
    #[inline]
    fn append(&mut self, value: &Timestamp) {
        self.0.push(value.0);
    }
}

impl Append<NaiveDateTime> for Moments<false> {
    #[inline]
    fn append(&mut self, value: &NaiveDateTime) {
        self.0.push(value.and_utc().timestamp_micros());
    }
}

/// Reads a column of moments of any unit.
#[derive(Debug)]
pub struct MomentReader {
    values: ScalarBuffer<i64>,
    unit: TimeUnit,
    nulls: Nulls,
}

impl MomentReader {
    /// A reader of `array`; `zone` is whether it is to have a time zone, where that matters.
    fn new(array: &ArrayRef, zone: Option<bool>, wants: &str) -> Result<MomentReader, ColumnError> {
        let array = &flat(array)?;
        let (unit, zoned) = match array.data_type() {
            DataType::Timestamp(unit, zone) => (*unit, zone.is_some()),
            other => return Err(ColumnError::mismatch(wants, other)),
        };
        if zone.is_some_and(|zone| zone != zoned) {
            return Err(ColumnError::mismatch(wants, array.data_type()));
        }
        let values = match unit {
            TimeUnit::Second => array.as_primitive::<TimestampSecondType>().values(),
            TimeUnit::Millisecond => array.as_primitive::<TimestampMillisecondType>().values(),
            TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().values(),
            TimeUnit::Nanosecond => array.as_primitive::<TimestampNanosecondType>().values(),
        };
        Ok(MomentReader { values: values.clone(), unit, nulls: Nulls::of(array) })
    }

    fn utc(&self, row: usize) -> Result<DateTime<Utc>, ColumnError> {
        self.nulls.forbid(row)?;
        let value = self.values[row];
        let moment = match self.unit {
            TimeUnit::Second => DateTime::from_timestamp_secs(value),
            TimeUnit::Millisecond => DateTime::from_timestamp_millis(value),
            TimeUnit::Microsecond => DateTime::from_timestamp_micros(value),
            TimeUnit::Nanosecond => Some(DateTime::from_timestamp_nanos(value)),
        };
        moment.ok_or_else(|| ColumnError::value(row, format!("{value} is no moment that chrono has")))
    }

    fn micros(&self, row: usize) -> Result<i64, ColumnError> {
        self.nulls.forbid(row)?;
        let value = self.values[row];
        let micros = match self.unit {
            TimeUnit::Second => value.checked_mul(MICROS),
            TimeUnit::Millisecond => value.checked_mul(1_000),
            TimeUnit::Microsecond => Some(value),
            TimeUnit::Nanosecond => Some(value.div_euclid(1_000)),
        };
        micros.ok_or_else(|| ColumnError::value(row, format!("{value} is more microseconds than there are")))
    }
}

impl Field for DateTime<Utc> {
    type Builder = Moments<true>;
    type Reader = MomentReader;
}

impl ListItem for DateTime<Utc> {}

impl ColumnReader<DateTime<Utc>> for MomentReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        MomentReader::new(array, Some(true), "moments with a time zone (use NaiveDateTime for those without one)")
    }

    fn get(&self, row: usize) -> Result<DateTime<Utc>, ColumnError> {
        self.utc(row)
    }
}

impl Field for NaiveDateTime {
    type Builder = Moments<false>;
    type Reader = MomentReader;
}

impl ListItem for NaiveDateTime {}

impl ColumnReader<NaiveDateTime> for MomentReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        MomentReader::new(array, Some(false), "moments without a time zone (use DateTime<Utc> for those with one)")
    }

    fn get(&self, row: usize) -> Result<NaiveDateTime, ColumnError> {
        self.utc(row).map(|moment| moment.naive_utc())
    }
}

/// Moments without a time zone are read as UTC, and nanoseconds rounded down: a `Timestamp` counts microseconds.
impl Field for Timestamp {
    type Builder = Moments<true>;
    type Reader = MomentReader;
}

impl ListItem for Timestamp {}

impl ColumnReader<Timestamp> for MomentReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        MomentReader::new(array, None, "moments (Timestamp)")
    }

    fn get(&self, row: usize) -> Result<Timestamp, ColumnError> {
        self.micros(row).map(Timestamp)
    }
}

// Times of day: `NaiveTime`.

impl Field for NaiveTime {
    type Builder = Numbers<Time64MicrosecondType>;
    type Reader = TimeOfDayReader;
}

impl ListItem for NaiveTime {}

impl Append<NaiveTime> for Numbers<Time64MicrosecondType> {
    /// A leap second is the last microsecond of the second before it: Arrow's days have none.
    fn append(&mut self, value: &NaiveTime) {
        let micros = (value.nanosecond() / 1_000).min(999_999);
        self.push(i64::from(value.num_seconds_from_midnight()) * MICROS + i64::from(micros));
    }
}

/// Reads a column of times of day of any unit, as nanoseconds since midnight.
#[derive(Debug)]
pub struct TimeOfDayReader(NumberReader<Int64Type>);

impl ColumnReader<NaiveTime> for TimeOfDayReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        fn nanos<A: ArrowPrimitiveType>(array: &ArrayRef, unit: i64) -> ScalarBuffer<i64>
        where
            A::Native: Into<i64>,
        {
            // A day has fewer nanoseconds than an `i64`; what is no time of day fails when it is read.
            let values = array.as_primitive::<A>().values().iter();
            values.map(|&value| value.into().checked_mul(unit).unwrap_or(-1)).collect()
        }
        let array = &flat(array)?;
        let values = match array.data_type() {
            DataType::Time32(TimeUnit::Second) => nanos::<Time32SecondType>(array, 1_000_000_000),
            DataType::Time32(_) => nanos::<Time32MillisecondType>(array, 1_000_000),
            DataType::Time64(TimeUnit::Microsecond) => nanos::<Time64MicrosecondType>(array, 1_000),
            DataType::Time64(_) => nanos::<Time64NanosecondType>(array, 1),
            other => return Err(ColumnError::mismatch("times of day (Time64)", other)),
        };
        Ok(TimeOfDayReader(NumberReader::new(values, Nulls::of(array))))
    }

    fn get(&self, row: usize) -> Result<NaiveTime, ColumnError> {
        const SECOND: i64 = 1_000_000_000;
        let nanos = self.0.value(row)?;
        u32::try_from(nanos.div_euclid(SECOND))
            .ok()
            .zip(u32::try_from(nanos.rem_euclid(SECOND)).ok())
            .and_then(|(seconds, nanos)| NaiveTime::from_num_seconds_from_midnight_opt(seconds, nanos))
            .ok_or_else(|| ColumnError::value(row, "this is no time of day"))
    }
}
