//! `#[derive(Record)]`: every type goes into columns and comes back.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, Int64Array, LargeStringArray, NullArray, RecordBatch, StringArray,
    StringViewArray, TimestampSecondArray, UInt8Array,
};
use arrow_schema::{DataType, Field, Schema, TimeUnit};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use flowstone_connectors::arrow::{self, Append, ColumnError, ReadRecord, Record, RecordBuilder};
use flowstone_runtime::clock::Timestamp;
use proptest::prelude::*;

#[derive(Record, Debug, Clone, PartialEq)]
#[record(crate = flowstone_connectors)]
struct Everything {
    i8: i8,
    i16: i16,
    i32: i32,
    i64: i64,
    isize: isize,
    u8: u8,
    u16: u16,
    u32: u32,
    u64: u64,
    usize: usize,
    f32: f32,
    f64: f64,
    bool: bool,
    string: String,
    boxed: Box<str>,
    shared: Arc<str>,
    cow: Cow<'static, str>,
    url: Option<Url>,
    bytes: Vec<u8>,
    id: [u8; 4],
    date: NaiveDate,
    time: NaiveTime,
    local: NaiveDateTime,
    utc: DateTime<Utc>,
    at: Timestamp,
    #[record(decimal(18, 2))]
    price: i128,
    #[record(decimal(9, 4))]
    rates: Vec<Option<i32>>,
    #[record(as_text)]
    link: Vec<Link>,
    color: Color,
    colors: Option<Vec<Color>>,
    geo: Geo,
    trip: Vec<Option<Geo>>,
    lists: Vec<Vec<Option<String>>>,
    r#type: Option<bool>,
    #[record(skip)]
    scratch: u64,
}

#[derive(Debug, Clone, PartialEq)]
struct Link(String);

impl AsRef<str> for Link {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<String> for Link {
    fn from(text: String) -> Link {
        Link(text)
    }
}

type Url = String;

#[derive(Record, Debug, Clone, Copy, PartialEq)]
#[record(crate = flowstone_connectors, rename_all = "snake_case")]
enum Color {
    Red,
    DeepBlue,
    #[record(rename = "grün")]
    Green,
}

#[derive(Record, Debug, Clone, PartialEq)]
#[record(crate = flowstone_connectors, rename_all = "camelCase")]
struct Geo {
    country_code: Option<String>,
    latitude: f64,
    #[record(rename = "LON")]
    longitude: f64,
}

fn geo() -> impl Strategy<Value = Geo> {
    (prop::option::of("[a-z]{0,2}"), -90.0..90.0, -180.0..180.0).prop_map(|(country_code, latitude, longitude)| Geo {
        country_code,
        latitude,
        longitude,
    })
}

fn color() -> impl Strategy<Value = Color> {
    prop_oneof![Just(Color::Red), Just(Color::DeepBlue), Just(Color::Green)]
}

prop_compose! {
    fn numbers()(
        a in any::<(i8, i16, i32, i64, isize)>(),
        b in any::<(u8, u16, u32, u64, usize)>(),
        c in any::<(i32, i64, bool)>(),
        rates in prop::collection::vec(prop::option::of(-99_999..99_999), 0..3),
        price in -(10_i128.pow(18) - 1)..10_i128.pow(18),
        days in -1_000_000..1_000_000,
        seconds in 0_u32..86_400,
        micros in -(1_i64 << 55)..(1_i64 << 55),
    )(
        a in Just(a), b in Just(b), c in Just(c), rates in Just(rates), price in Just(price),
        days in Just(days), seconds in Just(seconds), micros in Just(micros),
        texts in ("\\PC{0,8}", "\\PC{0,8}", prop::option::of("\\PC{0,8}"), any::<[u8; 3]>(), any::<[u8; 4]>()),
        links in prop::collection::vec("[a-z/]{0,6}", 0..3),
        color in color(), colors in prop::option::of(prop::collection::vec(color(), 0..3)),
        geo in geo(), trip in prop::collection::vec(prop::option::of(geo()), 0..3),
        lists in prop::collection::vec(prop::collection::vec(prop::option::of("\\PC{0,3}"), 0..3), 0..3),
        flag in any::<Option<bool>>(),
    ) -> Everything {
        Everything {
            i8: a.0, i16: a.1, i32: a.2, i64: a.3, isize: a.4,
            u8: b.0, u16: b.1, u32: b.2, u64: b.3, usize: b.4,
            f32: c.0 as f32, f64: c.1 as f64, bool: c.2,
            string: texts.0.clone(), boxed: texts.1.clone().into(), shared: texts.0.as_str().into(),
            cow: texts.1.into(), url: texts.2, bytes: texts.3.to_vec(), id: texts.4,
            date: NaiveDate::from_epoch_days(days).unwrap(),
            time: NaiveTime::from_num_seconds_from_midnight_opt(seconds, 123_000).unwrap(),
            local: DateTime::from_timestamp_micros(micros).unwrap().naive_utc(),
            utc: DateTime::from_timestamp_micros(micros).unwrap(),
            at: Timestamp(micros),
            price, rates, link: links.into_iter().map(Link).collect(),
            color, colors, geo, trip, lists, r#type: flag, scratch: 0,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(numbers(), 0..20)) {
        let batch = arrow::to_batch(&rows).unwrap();
        prop_assert_eq!(batch.num_rows(), rows.len());
        prop_assert_eq!(batch.schema(), Everything::schema());
        let read: Vec<Everything> = arrow::rows(&batch).unwrap().map(Result::unwrap).collect();
        prop_assert_eq!(read, rows);
    }
}

#[test]
fn a_builder_starts_anew() {
    let mut builder = Geo::builder(1);
    let here = Geo { country_code: None, latitude: 1.0, longitude: 2.0 };
    builder.append(&here);
    assert!(builder.bytes() > 0);
    assert_eq!(builder.finish().unwrap().num_rows(), 1);
    assert!(builder.is_empty());
    builder.append(&here);
    builder.append(&here);
    assert_eq!(Geo::read(&builder.finish().unwrap()).unwrap().row(1).unwrap(), here);
}

use flowstone_connectors::arrow::RecordReader;

#[test]
fn names_and_types_are_as_told() {
    let names: Vec<&str> = Geo::COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(names, ["countryCode", "latitude", "LON"]);
    assert!(Geo::COLUMNS[0].nullable && !Geo::COLUMNS[1].nullable);
    assert_eq!(Everything::COLUMNS.last().unwrap().name, "type", "the skipped field is no column");
    let schema = Everything::schema();
    let data_type = |name: &str| schema.field_with_name(name).unwrap().data_type().clone();
    assert_eq!(data_type("price"), DataType::Decimal128(18, 2));
    assert_eq!(data_type("color"), DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)));
    assert_eq!(data_type("at"), DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())));
    assert_eq!(data_type("bytes"), DataType::Binary);
    assert_eq!(Geo::columns().longitude.name(), "LON");
}

#[derive(Record)]
#[record(crate = flowstone_connectors)]
struct Borrowed<'a> {
    page: &'a str,
    tags: Vec<&'a str>,
    title: Cow<'a, str>,
    place: Option<Place<'a>>,
}

#[derive(Record)]
#[record(crate = flowstone_connectors)]
struct Place<'a> {
    city: &'a str,
}

#[test]
fn a_builder_takes_rows_that_borrow_from_here_and_there() {
    let mut builder = <Borrowed<'_> as Record>::builder(0);
    for text in ["a b", "c d e"] {
        let owned = text.to_owned();
        let words: Vec<&str> = owned.split(' ').collect();
        let place = Some(Place { city: words[0] });
        builder.append(&Borrowed { page: words[0], title: Cow::Borrowed(words[1]), tags: words, place });
    }
    #[derive(Record, Debug, PartialEq)]
    #[record(crate = flowstone_connectors)]
    struct Owned {
        tags: Vec<String>,
        title: Box<str>,
    }
    let rows: Vec<Owned> = arrow::rows(&builder.finish().unwrap()).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows[1], Owned { tags: vec!["c".into(), "d".into(), "e".into()], title: "d".into() });
}

#[derive(Record, Debug, PartialEq)]
#[record(crate = flowstone_connectors)]
struct Pair<A, B: Clone> {
    left: A,
    right: Vec<B>,
    fixed: u8,
}

#[test]
fn a_record_has_parameters() {
    let rows = [Pair { left: Some(1_i32), right: vec![Color::Red], fixed: 3 }];
    let batch = arrow::to_batch(&rows).unwrap();
    let read: Vec<Pair<Option<i32>, Color>> = arrow::rows(&batch).unwrap().map(Result::unwrap).collect();
    assert_eq!(read, rows);
}

#[derive(Record, Debug, PartialEq)]
#[record(crate = flowstone_connectors)]
struct Small {
    n: u8,
    text: String,
    color: Option<Color>,
}

/// A batch of the columns of [`Small`], laid out by others.
fn small(n: ArrayRef, text: ArrayRef, color: ArrayRef) -> RecordBatch {
    let field = |name: &str, array: &ArrayRef| Field::new(name, array.data_type().clone(), true);
    let fields = vec![field("color", &color), field("more", &n), field("text", &text), field("n", &n)];
    RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![color, n.clone(), text, n]).unwrap()
}

fn read(batch: &RecordBatch) -> Result<Vec<Small>, ColumnError> {
    arrow::rows(batch)?.collect()
}

fn two() -> Vec<Small> {
    vec![
        Small { n: 7, text: "a".into(), color: Some(Color::DeepBlue) },
        Small { n: 255, text: "b".into(), color: None },
    ]
}

#[test]
fn other_layouts_are_read() {
    let plain: ArrayRef = Arc::new(UInt8Array::from(vec![7, 255]));
    let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let colors: ArrayRef = Arc::new(StringArray::from(vec![Some("deep_blue"), None]));
    let dictionary: ArrayRef = Arc::new([Some("deep_blue"), None].into_iter().collect::<DictionaryArray<Int32Type>>());
    let numbers: [ArrayRef; 3] = [
        plain.clone(),
        Arc::new(Int64Array::from(vec![7, 255])),
        Arc::new(
            DictionaryArray::<Int8Type>::try_new(vec![1, 0].into(), Arc::new(Int32Array::from(vec![255, 7]))).unwrap(),
        ),
    ];
    for n in numbers {
        assert_eq!(read(&small(n, texts.clone(), colors.clone())).unwrap(), two());
    }
    let texts: [ArrayRef; 3] = [
        Arc::new(LargeStringArray::from(vec!["a", "b"])),
        Arc::new(StringViewArray::from(vec!["a", "b"])),
        Arc::new(["a", "b"].into_iter().collect::<DictionaryArray<Int32Type>>()),
    ];
    for text in texts {
        assert_eq!(read(&small(plain.clone(), text, dictionary.clone())).unwrap(), two());
    }
    let none = small(plain, Arc::new(StringArray::from(vec!["a", "b"])), Arc::new(NullArray::new(2)));
    assert!(read(&none).unwrap().iter().all(|row| row.color.is_none()));
}

#[test]
fn what_does_not_fit_is_said() {
    let n: ArrayRef = Arc::new(UInt8Array::from(vec![7, 255]));
    let text: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
    let color: ArrayRef = Arc::new(StringArray::from(vec!["red", "red"]));
    let check = |n: &ArrayRef, text: &ArrayRef, color: &ArrayRef, expected: &str| {
        let error = read(&small(n.clone(), text.clone(), color.clone())).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    let large: ArrayRef = Arc::new(Int32Array::from(vec![1, 256]));
    check(&large, &text, &color, "column `n`, row 1: 256 does not fit into UInt8");
    let nulls: ArrayRef = Arc::new(UInt8Array::from(vec![Some(1), None]));
    check(&nulls, &text, &color, "column `n` has a null in row 1, and the field is not an `Option`");
    check(&n, &n, &color, "column `text` holds UInt8, and the field takes text (Utf8)");
    check(&text, &text, &color, "column `n` holds Utf8, and the field takes integers (UInt8)");
    let pink: ArrayRef = Arc::new(StringArray::from(vec!["red", "pink"]));
    check(&n, &text, &pink, "column `color`, row 1: `pink` is none of the variants `red`, `deep_blue`, `grün`");
    let error = arrow::rows::<Geo>(&small(n, text, color)).unwrap_err();
    assert_eq!(error.to_string(), "there is no column `countryCode`; there are `color`, `more`, `text`, `n`");
}

#[test]
fn moments_keep_their_zone() {
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Moment {
        at: DateTime<Utc>,
    }
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Ours {
        at: Timestamp,
    }
    let array = TimestampSecondArray::from(vec![60]);
    let batch = |array: TimestampSecondArray| {
        let array: ArrayRef = Arc::new(array);
        RecordBatch::try_from_iter([("at", array)]).unwrap()
    };
    let zoned = batch(array.clone().with_timezone("Europe/Berlin"));
    let moment = arrow::rows::<Moment>(&zoned).unwrap().next().unwrap().unwrap();
    assert_eq!(moment.at, DateTime::from_timestamp_secs(60).unwrap());
    let error = arrow::rows::<Moment>(&batch(array.clone())).unwrap_err().to_string();
    assert!(error.contains("NaiveDateTime"), "{error}");
    assert_eq!(arrow::rows::<Ours>(&batch(array)).unwrap().next().unwrap().unwrap().at, Timestamp(60_000_000));
}

#[test]
fn a_decimal_of_too_many_digits_is_no_column() {
    #[derive(Record)]
    #[record(crate = flowstone_connectors)]
    struct Price {
        #[record(decimal(3, 2))]
        amount: i64,
    }
    let error = arrow::to_batch(&[Price { amount: 999 }, Price { amount: -1000 }]).unwrap_err();
    assert_eq!(error.to_string(), "column `amount`, row 1: -1000 has more than 3 digits");
    assert_eq!(error.column(), "amount");
}

#[test]
fn errors_name_the_column_within_the_column() {
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Outer {
        geo: Option<Geo>,
    }
    #[derive(Record)]
    #[record(crate = flowstone_connectors)]
    struct OtherGeo {
        #[record(rename = "countryCode")]
        country: String,
        latitude: Option<f64>,
        #[record(rename = "LON")]
        longitude: f64,
    }
    #[derive(Record)]
    #[record(crate = flowstone_connectors)]
    struct Other {
        geo: Option<OtherGeo>,
    }
    let somewhere = OtherGeo { country: "de".into(), latitude: None, longitude: 1.0 };
    let batch = arrow::to_batch(&[Other { geo: None }, Other { geo: Some(somewhere) }]).unwrap();
    let mut rows = arrow::rows::<Outer>(&batch).unwrap();
    assert!(rows.next().unwrap().unwrap().geo.is_none());
    let error = rows.next().unwrap().unwrap_err().to_string();
    assert_eq!(error, "column `geo.latitude` has a null in row 1, and the field is not an `Option`");
}
