//! What a record costs: into columns and back, and through the whole Parquet sink.
//!
//! `cargo run --release -p flowstone-connectors --features parquet --example record_speed -- [ROWS]`

use std::hint::black_box;
use std::time::{Duration, Instant};

use flowstone_connectors::arrow::{Append, ReadRecord, Record, RecordBuilder, RecordReader};
use flowstone_connectors::parquet::{Compression, Dictionary, ParquetSink, ParquetSource};
use flowstone_runtime::clock::Timestamp;
use flowstone_runtime::sink::{Sink, SinkCx, Writer};
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx};

/// Twelve columns, as web events have them.
#[derive(Record, Clone)]
#[record(crate = flowstone_connectors)]
struct WebEvent {
    at: Timestamp,
    year: i32,
    month: u8,
    day: u8,
    page: String,
    url: String,
    referrer: Option<String>,
    user: String,
    kind: Kind,
    ip: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Record, Clone, Copy)]
#[record(crate = flowstone_connectors)]
enum Kind {
    View,
    Click,
}

/// A short row of numbers and one short text, for the cost of the columns alone.
#[derive(Record, Clone)]
#[record(crate = flowstone_connectors)]
struct Reading {
    a: i64,
    b: i64,
    c: i64,
    d: i32,
    e: i32,
    f: f64,
    g: f64,
    h: u64,
    i: u8,
    j: bool,
    k: Option<i64>,
    l: String,
}

fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn event(number: u64) -> WebEvent {
    let random = mix(number);
    let page = ["/home", "/cart", "/product-a", "/product-b", "/about"][(random % 5) as usize];
    WebEvent {
        at: Timestamp(1_700_000_000_000_000 + number as i64 * 1_000),
        year: 2024,
        month: 1 + (number / 400_000 % 3) as u8,
        day: 1 + (number / 40_000 % 10) as u8,
        page: page.to_owned(),
        url: format!("https://www.example.com{page}"),
        referrer: (!random.is_multiple_of(3)).then(|| "https://www.google.com/".to_owned()),
        user: format!("{random:016x}-{:016x}", mix(random)),
        kind: if random.is_multiple_of(7) { Kind::Click } else { Kind::View },
        ip: format!("{}.{}.{}.{}", random & 255, random >> 8 & 255, random >> 16 & 255, random >> 24 & 255),
        latitude: (random % 180_000) as f64 / 1_000.0 - 90.0,
        longitude: (random % 360_000) as f64 / 1_000.0 - 180.0,
    }
}

fn reading(number: u64) -> Reading {
    let n = number as i64;
    let some = (!number.is_multiple_of(3)).then_some(n);
    let l = "sensor-12".to_owned();
    Reading { a: n, b: n, c: n, d: 1, e: 2, f: 1.5, g: 2.5, h: number, i: 3, j: n % 2 == 0, k: some, l }
}

/// The processor's time that this thread has taken, so that other programs do not count; elsewhere than on Linux the
/// wall's.
fn now() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let start = START.get_or_init(Instant::now);
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// The mean of `times` runs, in nanoseconds a row.
fn mean(rows: usize, times: usize, mut run: impl FnMut()) -> f64 {
    let start = now();
    (0..times).for_each(|_| run());
    (now() - start).as_nanos() as f64 / (rows * times) as f64
}

fn there_and_back<R: ReadRecord>(name: &str, rows: &[R]) {
    let mut builder = R::builder(rows.len());
    let out = mean(rows.len(), 1000, || {
        for row in rows {
            builder.append(black_box(row));
        }
        black_box(builder.finish().expect("the rows make columns"));
    });
    rows.iter().for_each(|row| builder.append(row));
    let batch = builder.finish().expect("the rows make columns");
    let back = mean(rows.len(), 1000, || {
        let reader = R::read(&batch).expect("the columns fit");
        for row in 0..batch.num_rows() {
            black_box(reader.row(row).expect("no nulls"));
        }
    });
    println!("{name:40} {out:8.1} ns out {back:8.1} ns back");
}

fn sink(name: &str, sink: &ParquetSink<WebEvent>, directory: &std::path::Path, rows: &[WebEvent], total: usize) {
    let _ = std::fs::remove_dir_all(directory);
    let cx = SinkCx::new("out", 0, 1).with_execution(1);
    let mut writer = Sink::<WebEvent>::open(sink, &cx).expect("the directory can be made");
    let mut time = Duration::ZERO;
    for _ in 0..total / rows.len() {
        let mut batch = rows.to_vec();
        let start = now();
        writer.write_batch(&mut batch).expect("the rows can be written");
        time += now() - start;
    }
    let (start, at) = (now(), Instant::now());
    let prepared = Writer::<WebEvent>::prepare(&mut writer, 1).expect("the files are durable");
    Writer::<WebEvent>::commit(&mut writer, prepared).expect("the files are in place");
    let (end, wall) = (now() - start, at.elapsed());
    let each = (time + end).as_nanos() as f64 / total as f64;
    let summary = Writer::<WebEvent>::summary(&writer).unwrap_or_default();
    println!("{name:40} {each:8.1} ns a row, the end took {:6.1} ms; {summary}", wall.as_secs_f64() * 1e3);
}

fn source(directory: &std::path::Path) {
    let source = ParquetSource::<WebEvent>::new(directory);
    let cx = SourceCx::new(0, 1);
    let Partitions::Shared(files) = source.partitions().expect("there are files") else { return };
    let start = now();
    let mut rows = 0;
    for file in files {
        let mut reader = source.open(&file, None, &cx).expect("the file is there");
        while reader.next_batch(10_000, &mut |row| rows += usize::from(black_box(row).year > 0)).expect("it is whole")
            != Next::End
        {}
    }
    println!("{:40} {:8.1} ns a row", "source", (now() - start).as_nanos() as f64 / rows as f64);
}

fn main() {
    let total = std::env::args().nth(1).and_then(|rows| rows.parse().ok()).unwrap_or(1_000_000);
    let readings: Vec<Reading> = (0..4_096).map(reading).collect();
    there_and_back("12 columns, 1 text", &readings);
    let rows: Vec<WebEvent> = (0..4_096).map(event).collect();
    there_and_back("12 columns, 5 texts", &rows);

    let rows: Vec<WebEvent> = (0..200_000_u64).map(|number| event(number * 6)).collect();
    let directory = std::env::temp_dir().join(format!("record_speed_{}", std::process::id()));
    let plain = || ParquetSink::<WebEvent>::new(&directory);
    let parted = || plain().partition_by(|event| (event.year, event.month, event.day, event.page));
    let run = |name: &str, of: &ParquetSink<WebEvent>| sink(name, of, &directory, &rows, total);
    run("sink, Snappy", &plain().compression(Compression::Snappy));
    run("sink, no compression", &plain().compression(Compression::None));
    run("sink, Zstandard 1 (the default)", &plain());
    run("sink, Zstandard 3", &plain().compression(Compression::Zstd(3)));
    run("sink, dictionary always", &plain().dictionary(Dictionary::Always));
    run("sink, dictionary never", &plain().dictionary(Dictionary::Never));
    run("sink, by page", &plain().partition_by(|event| event.page));
    run("sink, by year, month, day, page", &parted());
    source(&directory);
    let _ = std::fs::remove_dir_all(&directory);
}
