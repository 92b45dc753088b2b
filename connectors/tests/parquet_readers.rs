//! pyarrow and DuckDB read what `ParquetSink` writes, partition columns included.
//!
//! Needs Python with `pyarrow`, `duckdb` and `pytz` (`python3 -m pip install pyarrow duckdb pytz`). Without them it is
//! skipped, unless `FLOWSTONE_FORBID_SKIP=1`.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

use std::process::Command;

use chrono::NaiveDate;
use flowstone_connectors::arrow::Record;
use flowstone_connectors::parquet::{Compression, ParquetSink};
use flowstone_runtime::clock::Timestamp;
use flowstone_runtime::sink::{Sink, SinkCx, Writer};

#[derive(Record, Debug, Clone)]
#[record(crate = flowstone_connectors)]
struct Event {
    ms: i64,
    year: i32,
    month: u8,
    day: NaiveDate,
    page: String,
    user: Option<String>,
    kind: Kind,
    active: bool,
    at: Timestamp,
    #[record(decimal(10, 2))]
    price: i64,
    tags: Vec<String>,
    geo: Option<Geo>,
}

#[derive(Record, Debug, Clone, Copy)]
#[record(crate = flowstone_connectors, rename_all = "snake_case")]
enum Kind {
    PageView,
    Click,
}

#[derive(Record, Debug, Clone)]
#[record(crate = flowstone_connectors)]
struct Geo {
    country: String,
    zip: Option<u32>,
}

const PAGES: [&str; 9] = ["/home", "a b", "50%", "a=b", "größe ∂", "", "..", "%2F", "c+d&e?f#g:h"];

fn event(number: usize) -> Event {
    Event {
        ms: number as i64,
        year: 2024,
        month: 1 + (number % 2) as u8,
        day: NaiveDate::from_ymd_opt(2024, 2, 28 + (number % 2) as u32).unwrap(),
        page: PAGES[number % PAGES.len()].to_owned(),
        user: (!number.is_multiple_of(3)).then(|| format!("u{}", number % 3)),
        kind: if number.is_multiple_of(2) { Kind::PageView } else { Kind::Click },
        active: number.is_multiple_of(5),
        at: Timestamp(1_700_000_000_123_456 + number as i64),
        price: number as i64 * 50,
        tags: (0..number % 3).map(|tag| format!("t{tag}")).collect(),
        geo: (!number.is_multiple_of(4)).then(|| Geo { country: "de".to_owned(), zip: (number > 50).then_some(7) }),
    }
}

/// What Python prints of `event`.
fn expected(reader: &str, event: &Event) -> serde_json::Value {
    let kind = match event.kind {
        Kind::PageView => "page_view",
        Kind::Click => "click",
    };
    serde_json::json!({
        "reader": reader,
        "ms": event.ms,
        "year": event.year,
        "month": event.month,
        "day": event.day.to_string(),
        "page": event.page,
        "user": event.user,
        "kind": kind,
        "active": event.active.to_string(),
        "at": event.at.0,
        "price": format!("{}.{:02}", event.price / 100, event.price % 100),
        "tags": event.tags,
        "geo": event.geo.as_ref().map(|geo| serde_json::json!({ "country": geo.country, "zip": geo.zip })),
    })
}

fn check(name: &str, sink: impl Fn(&std::path::Path) -> ParquetSink<Event>) {
    if !Command::new("python3")
        .args(["-c", "import pyarrow, duckdb, pytz"])
        .output()
        .is_ok_and(|run| run.status.success())
    {
        assert!(
            std::env::var_os("FLOWSTONE_FORBID_SKIP").is_none_or(|forbid| forbid != "1"),
            "pyarrow, duckdb and pytz are missing: python3 -m pip install pyarrow duckdb pytz"
        );
        eprintln!("SKIPPED: {name} needs python3 with pyarrow, duckdb and pytz");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let cx = SinkCx::new("out", 0, 1).with_execution(1);
    let mut writer = Sink::<Event>::open(&sink(dir.path()), &cx).unwrap();
    let events: Vec<Event> = (0..100).map(event).collect();
    writer.write_batch(&mut events.clone()).unwrap();
    let prepared = Writer::<Event>::prepare(&mut writer, 1).unwrap();
    Writer::<Event>::commit(&mut writer, prepared).unwrap();
    // What is aside while readers read is none of their business.
    writer.write_batch(&mut events.clone()).unwrap();
    let _ = Writer::<Event>::prepare(&mut writer, 2).unwrap();

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/read_parquet.py");
    let run = Command::new("python3").arg(script).arg(dir.path()).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let read: Vec<serde_json::Value> =
        String::from_utf8(run.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected =
        ["pyarrow", "duckdb"].into_iter().flat_map(|reader| events.iter().map(move |event| expected(reader, event)));
    let expected: Vec<serde_json::Value> = expected.collect();
    assert_eq!(read.len(), expected.len());
    for (read, expected) in read.iter().zip(&expected) {
        assert_eq!(read, expected);
    }
}

#[test]
fn others_read_plain_files() {
    check("others_read_plain_files", |path| ParquetSink::new(path).compression(Compression::Snappy));
}

#[test]
fn others_read_years_and_pages() {
    check("others_read_years_and_pages", |path| {
        ParquetSink::<Event>::new(path).partition_by(|event| (event.year, event.month, event.page))
    });
}

#[test]
fn others_read_nulls_days_and_variants() {
    check("others_read_nulls_days_and_variants", |path| {
        ParquetSink::<Event>::new(path).partition_by(|event| (event.user, event.day, event.kind, event.active))
    });
}
