//! `ParquetSink` and `ParquetSource`, driven through the traits.

#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use chrono::NaiveDate;
use flowstone_connectors::arrow::{self, Record};
use flowstone_connectors::parquet::{Compression, ParquetSink, ParquetSource, Position, Prepared};
use flowstone_runtime::error::Fault;
use flowstone_runtime::sink::{Fence, Sink, SinkCx, Writer};
use flowstone_runtime::source::{Next, Partitions, Reader, Source, SourceCx};
use proptest::prelude::*;

#[derive(Record, Debug, Clone, PartialEq)]
#[record(crate = flowstone_connectors)]
struct WebEvent {
    year: i32,
    month: u8,
    page: String,
    user: Option<String>,
    kind: Kind,
    ms: u64,
}

#[derive(Record, Debug, Clone, Copy, PartialEq)]
#[record(crate = flowstone_connectors)]
enum Kind {
    View,
    Click,
}

fn event(number: u64) -> WebEvent {
    WebEvent {
        year: 2024 + (number % 2) as i32,
        month: 1 + (number % 3) as u8,
        page: format!("/page {}", number % 5),
        user: (!number.is_multiple_of(4)).then(|| format!("user{number}")),
        kind: if number.is_multiple_of(2) { Kind::View } else { Kind::Click },
        ms: number,
    }
}

fn events(range: std::ops::Range<u64>) -> Vec<WebEvent> {
    range.map(event).collect()
}

fn cx(worker: usize, execution: u64) -> SinkCx {
    // Each execution's take-over is the manifest of its own number.
    let fence = Fence { store: 7, generation: execution, epoch: execution };
    SinkCx::new("out", worker, 2).with_execution(execution).with_recovery(fence)
}

/// All that an epoch does.
fn epoch<T, W: Writer<T, Prepared = Prepared>>(writer: &mut W, epoch: u64, mut items: Vec<T>) -> Vec<String> {
    writer.write_batch(&mut items).unwrap();
    assert!(items.is_empty());
    let prepared = writer.prepare(epoch).unwrap();
    let paths: Vec<String> = prepared.paths().map(str::to_owned).collect();
    writer.commit(prepared).unwrap();
    paths
}

fn source_cx() -> SourceCx {
    SourceCx::new(0, 1)
}

fn read_all<S: Source>(source: &S) -> Result<Vec<S::Item>, Fault> {
    let Partitions::Shared(files) = source.partitions()? else { panic!("files are shared out") };
    let mut items = Vec::new();
    for file in files {
        let mut reader = source.open(&file, None, &source_cx())?;
        while reader.next_batch(100, &mut |item| items.push(item))? != Next::End {}
        let progress = reader.progress().unwrap();
        assert_eq!(progress.done, progress.total);
    }
    Ok(items)
}

fn read_events(path: &Path) -> Vec<WebEvent> {
    let mut events = read_all(&ParquetSource::<WebEvent>::new(path)).unwrap();
    events.sort_by_key(|event| event.ms);
    events
}

/// Every file below `path`, seen from there.
fn files(path: &Path) -> Vec<String> {
    fn walk(root: &Path, path: &Path, files: &mut Vec<String>) {
        for entry in fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, files);
            } else {
                files.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    let mut files = Vec::new();
    walk(path, path, &mut files);
    files.sort();
    files
}

fn by_page() -> impl Fn(&Path) -> ParquetSink<WebEvent> {
    |path| ParquetSink::<WebEvent>::new(path).partition_by(|event| (event.year, event.month, event.page))
}

fn report(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        text = format!("{text}; {error}");
        cause = error.source();
    }
    format!("{text}; help: {}", fault.help_text().unwrap_or("none"))
}

#[test]
fn what_is_written_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Sink::<WebEvent>::open(&by_page()(dir.path()), &cx(0, 1)).unwrap();
    let paths = epoch(&mut writer, 3, events(0..20_000));
    assert_eq!(paths.len(), 30);
    let first = "year=2024/month=1/page=%2Fpage%200/out-e00000003-w000-0000000000000001-";
    assert!(paths.iter().any(|path| path.starts_with(first)), "{paths:?}");
    assert_eq!(read_events(dir.path()), events(0..20_000));
    let summary = Writer::<WebEvent>::summary(&writer).unwrap();
    assert!(summary.starts_with("30 files, 20,000 rows, "), "{summary}");
    assert!(summary.ends_with(&format!(" under {}/", dir.path().display())), "{summary}");
    drop(writer);
    let left = files(dir.path());
    let owner = "_flowstone_tmp/.out-000.7-1-1.owner";
    assert!(left.len() == 31 && left.contains(&owner.to_owned()), "nothing else is left but whose they are: {left:?}");
}

#[test]
fn every_shape_of_item_is_taken() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    epoch(&mut Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap(), 1, events(0..2));
    epoch(&mut Sink::<Vec<WebEvent>>::open(&sink, &cx(0, 2)).unwrap(), 1, vec![events(2..4), vec![], events(4..5)]);
    epoch(&mut Sink::<(String, WebEvent)>::open(&sink, &cx(0, 3)).unwrap(), 1, vec![("a".to_owned(), event(5))]);
    let keyed = vec![(7_u8, events(6..8)), (8, events(8..10))];
    epoch(&mut Sink::<(u8, Vec<WebEvent>)>::open(&sink, &cx(0, 4)).unwrap(), 1, keyed);
    assert_eq!(read_events(dir.path()), events(0..10));
}

/// The record that a sink is of follows from the items.
#[test]
fn the_record_is_inferred() {
    fn output<T, S: Sink<T>>(sink: S, mut items: Vec<T>) {
        let mut writer = sink.open(&cx(0, 1)).unwrap();
        writer.write_batch(&mut items).unwrap();
        let prepared = writer.prepare(1).unwrap();
        writer.commit(prepared).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    output(ParquetSink::new(dir.path()).compression(Compression::Zstd(1)), vec![("key", events(0..3))]);
    assert_eq!(read_events(dir.path()), events(0..3));
}

#[derive(Record, Debug, Clone, PartialEq, PartialOrd)]
#[record(crate = flowstone_connectors)]
struct Odd {
    text: Option<String>,
    #[record(rename = "a b/c")]
    named: String,
    day: NaiveDate,
    flag: bool,
    big: u64,
    kind: Option<Kind2>,
    row: i64,
}

#[derive(Record, Debug, Clone, Copy, PartialEq, PartialOrd)]
#[record(crate = flowstone_connectors)]
enum Kind2 {
    #[record(rename = "ä/ö")]
    Umlaut,
    Plain,
}

fn odd() -> impl Strategy<Value = Odd> {
    let odd = prop_oneof![Just(""), Just("/"), Just("%"), Just("%2F"), Just("="), Just("a b"), Just("ß∂"), Just("..")];
    let text = prop::option::of(prop_oneof![odd.prop_map(str::to_owned), "\\PC{0,6}"]);
    let named = prop_oneof!["[a-z]{1,3}", Just("__HIVE_DEFAULT_PARTITION__".to_owned())];
    let kind = prop::option::of(prop_oneof![Just(Kind2::Umlaut), Just(Kind2::Plain)]);
    (text, named, -40_000..40_000, any::<bool>(), any::<u64>(), kind, any::<i64>()).prop_map(
        |(text, named, day, flag, big, kind, row)| Odd {
            text,
            named,
            day: NaiveDate::from_epoch_days(day).unwrap(),
            flag,
            big,
            kind,
            row,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_value_names_a_directory(mut rows in prop::collection::vec(odd(), 1..20)) {
        let dir = tempfile::tempdir().unwrap();
        let sink = ParquetSink::<Odd>::new(dir.path())
            .partition_by(|row| (row.text, row.named, row.day, row.flag, row.big, row.kind));
        epoch(&mut Sink::<Odd>::open(&sink, &cx(0, 1)).unwrap(), 1, rows.clone());
        let mut read = read_all(&ParquetSource::<Odd>::new(dir.path())).unwrap();
        let order = |a: &Odd, b: &Odd| a.partial_cmp(b).unwrap();
        read.sort_by(order);
        rows.sort_by(order);
        prop_assert_eq!(read, rows);
    }
}

#[test]
fn nulls_and_empty_texts_are_told_apart() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path()).partition_by(|event| event.user);
    let users = [None, Some(String::new()), Some("x".to_owned())];
    let rows: Vec<WebEvent> = users.into_iter().map(|user| WebEvent { user, ..event(1) }).collect();
    let paths = epoch(&mut Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap(), 1, rows.clone());
    let directories: Vec<&str> = paths.iter().map(|path| path.split('/').next().unwrap()).collect();
    assert_eq!(directories, ["user=__HIVE_DEFAULT_PARTITION__", "user=", "user=x"]);
    let mut read = read_all(&ParquetSource::<WebEvent>::new(dir.path())).unwrap();
    read.sort_by(|a, b| a.user.cmp(&b.user));
    assert_eq!(read, rows);
}

#[test]
fn files_roll() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    let by_rows = sink.clone().roll_rows(300);
    let paths = epoch(&mut Sink::<WebEvent>::open(&by_rows, &cx(0, 1)).unwrap(), 1, events(0..10_000));
    assert_eq!(paths.len(), 34);
    assert_eq!(read_events(dir.path()), events(0..10_000));

    let mut writer =
        Sink::<WebEvent>::open(&sink.clone().compression(Compression::Snappy).roll_bytes(50_000), &cx(0, 2)).unwrap();
    let paths = epoch(&mut writer, 1, events(0..50_000));
    assert!(paths.len() > 4, "{}", paths.len());
    for path in &paths[..paths.len() - 1] {
        let bytes = fs::metadata(dir.path().join(path)).unwrap().len();
        assert!((25_000..150_000).contains(&bytes), "{bytes}");
    }

    let mut writer = Sink::<WebEvent>::open(&sink, &cx(0, 3)).unwrap();
    assert_eq!(epoch(&mut writer, 1, events(0..10)).len(), 1);
    assert_eq!(epoch(&mut writer, 2, events(10..20)).len(), 1, "an epoch's end ends the files");
    assert_eq!(epoch(&mut writer, 3, Vec::<WebEvent>::new()).len(), 0, "an epoch without rows makes no file");
}

#[test]
fn few_partitions_are_open_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path()).partition_by(|event| event.ms).max_open(4);
    let rows: Vec<WebEvent> = (0..40).map(|number| WebEvent { ms: number / 2 % 10, ..event(number) }).collect();
    let mut writer = Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap();
    let paths = epoch(&mut writer, 1, rows);
    // Ten partitions come round twice, in neighbouring pairs: none is still open when it comes again.
    assert_eq!(paths.len(), 20);
    assert_eq!(read_all(&ParquetSource::<WebEvent>::new(dir.path())).unwrap().len(), 40);
}

#[test]
fn memory_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path()).partition_by(|event| event.page).max_memory(100_000);
    let paths = epoch(&mut Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap(), 1, events(0..60_000));
    assert_eq!(paths.len(), 5);
    let positions: Vec<usize> = paths.iter().map(|path| row_groups(&dir.path().join(path))).collect();
    assert!(positions.iter().all(|groups| *groups > 1), "row groups end early: {positions:?}");
    assert_eq!(read_events(dir.path()), events(0..60_000));
}

fn row_groups(path: &Path) -> usize {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    SerializedFileReader::new(fs::File::open(path).unwrap()).unwrap().num_row_groups()
}

#[test]
fn nothing_is_seen_before_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Sink::<WebEvent>::open(&by_page()(dir.path()), &cx(0, 1)).unwrap();
    let mut rows = events(0..100);
    writer.write_batch(&mut rows).unwrap();
    let seen = || files(dir.path()).into_iter().filter(|name| !name.starts_with("_flowstone_tmp")).collect::<Vec<_>>();
    assert!(seen().is_empty());
    let prepared = Writer::<WebEvent>::prepare(&mut writer, 1).unwrap();
    assert!(seen().is_empty());
    assert!(files(dir.path()).iter().all(|name| !name.ends_with(".parquet")));
    let encoded = serde_round_trip(&prepared);
    Writer::<WebEvent>::commit(&mut writer, prepared).unwrap();
    assert_eq!(read_events(dir.path()), events(0..100));
    // Once more, as after a crash before the commit was noted down.
    Writer::<WebEvent>::commit(&mut writer, encoded).unwrap();
    assert_eq!(read_events(dir.path()), events(0..100));
}

fn serde_round_trip(prepared: &Prepared) -> Prepared {
    rmp_serde::from_slice(&rmp_serde::to_vec_named(prepared).unwrap()).unwrap()
}

#[test]
fn a_flow_that_stops_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Sink::<WebEvent>::open(&by_page()(dir.path()), &cx(0, 1)).unwrap();
    writer.write_batch(&mut events(0..50_000)).unwrap();
    assert!(!files(dir.path()).is_empty(), "some is written aside");
    drop(writer);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn what_was_prepared_is_finished_by_another_execution() {
    let dir = tempfile::tempdir().unwrap();
    let sink = by_page()(dir.path());
    let mut first = Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap();
    first.write_batch(&mut events(0..10)).unwrap();
    let committed = Writer::<WebEvent>::prepare(&mut first, 1).unwrap();
    first.write_batch(&mut events(10..20)).unwrap();
    let lost = Writer::<WebEvent>::prepare(&mut first, 2).unwrap();
    let mut other = Sink::<WebEvent>::open(&sink, &cx(1, 1)).unwrap();
    other.write_batch(&mut events(20..30)).unwrap();
    let _ = Writer::<WebEvent>::prepare(&mut other, 1).unwrap();
    drop((first, other));

    let mut second = Sink::<WebEvent>::open(&sink, &cx(0, 2)).unwrap();
    Writer::<WebEvent>::commit(&mut second, committed).unwrap();
    Writer::<WebEvent>::recover(&mut second).unwrap();
    assert_eq!(read_events(dir.path()), events(0..10));
    let aside = |worker: usize| dir.path().join(format!("_flowstone_tmp/out.7-1-1.{worker}")).exists();
    assert!(!aside(0) && aside(1), "each worker removes what falls to it");
    let fault = Writer::<WebEvent>::commit(&mut second, lost).unwrap_err();
    assert!(fault.to_string().contains("of a committed epoch is gone"), "{fault}");
    let mut worker1 = Sink::<WebEvent>::open(&sink, &cx(1, 2)).unwrap();
    Writer::<WebEvent>::recover(&mut worker1).unwrap();
    assert!(!aside(1));
}

#[test]
fn without_recovery_what_was_prepared_goes_with_the_execution() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    let without = |execution| SinkCx::new("out", 0, 2).with_execution(execution);
    let mut writer = Sink::<WebEvent>::open(&sink, &without(1)).unwrap();
    writer.write_batch(&mut events(0..10)).unwrap();
    let _ = Writer::<WebEvent>::prepare(&mut writer, 1).unwrap();
    drop(writer);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    // A killed one cannot clean up; the next one does, and leaves alone what a flow with recovery may commit yet.
    let aside = |execution: u64| dir.path().join(format!("_flowstone_tmp/out.{execution:x}.0"));
    for (execution, held) in [(2, ""), (3, "recovery")] {
        fs::create_dir_all(aside(execution)).unwrap();
        fs::write(aside(execution).join("lock"), held).unwrap();
    }
    drop(Sink::<WebEvent>::open(&sink, &without(4)).unwrap());
    assert!(!aside(2).exists() && aside(3).exists());
}

#[test]
fn only_older_executions_of_the_same_store_lose_what_they_left_aside() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    let of = |store, generation| cx(0, 10 * store + generation).with_recovery(Fence { store, generation, epoch: 9 });
    let left = |cx: SinkCx| {
        let mut writer = Sink::<WebEvent>::open(&sink, &cx).unwrap();
        writer.write_batch(&mut events(0..10)).unwrap();
        let _ = Writer::<WebEvent>::prepare(&mut writer, 10).unwrap();
        let Fence { store, generation, .. } = cx.fence;
        dir.path().join(format!("_flowstone_tmp/out.{store:x}-{generation:x}-{:x}.0", cx.execution))
    };
    let (older, newer, other) = (left(of(7, 1)), left(of(7, 6)), left(of(8, 1)));
    let mut late = Sink::<WebEvent>::open(&sink, &of(7, 3)).unwrap();
    Writer::<WebEvent>::recover(&mut late).unwrap();
    assert!(!older.exists() && newer.exists() && other.exists());
}

#[test]
fn one_that_was_taken_over_is_refused_and_so_is_an_older_store() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    let open = |cx: &SinkCx| Sink::<WebEvent>::open(&sink, cx).unwrap();
    let mut first = open(&cx(0, 1));
    epoch(&mut first, 2, events(0..10));
    first.write_batch(&mut events(10..20)).unwrap();
    let left = Writer::<WebEvent>::prepare(&mut first, 3).unwrap();
    let mut second = open(&cx(0, 4));
    Writer::<WebEvent>::commit(&mut second, serde_round_trip(&left)).unwrap();
    Writer::<WebEvent>::recover(&mut second).unwrap();
    epoch(&mut second, 5, events(20..30));
    let fault = Writer::<WebEvent>::commit(&mut first, left).unwrap_err();
    assert!(fault.is_fenced(), "{fault}");
    drop((first, second));
    // The store was put back to where it knew of epoch 4; another worker's part shows it too.
    for worker in [0, 1] {
        let back = cx(worker, 5).with_recovery(Fence { store: 7, generation: 5, epoch: 5 });
        let fault = Writer::<WebEvent>::recover(&mut open(&back)).unwrap_err();
        assert!(fault.to_string().contains("older state"), "{fault}");
    }
    assert_eq!(read_events(dir.path()), events(0..30));
    Writer::<WebEvent>::recover(&mut open(&cx(0, 6))).unwrap();
}

#[test]
fn a_live_execution_keeps_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<WebEvent>::new(dir.path());
    let mut alive = Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap();
    alive.write_batch(&mut events(0..10)).unwrap();
    let prepared = Writer::<WebEvent>::prepare(&mut alive, 1).unwrap();
    let mut other = Sink::<WebEvent>::open(&sink, &cx(0, 2)).unwrap();
    Writer::<WebEvent>::recover(&mut other).unwrap();
    Writer::<WebEvent>::commit(&mut other, prepared).unwrap();
    assert_eq!(read_events(dir.path()), events(0..10));
}

fn batch(days: &[i64], names: &[Option<&str>]) -> RecordBatch {
    let columns: [(&str, ArrayRef, bool); 3] = [
        ("day", Arc::new(Int64Array::from(days.to_vec())), true),
        ("name", Arc::new(StringArray::from(names.to_vec())), true),
        ("value", Arc::new(Float64Array::from_iter_values(days.iter().map(|day| *day as f64 / 2.0))), true),
    ];
    RecordBatch::try_from_iter_with_nullable(columns).unwrap()
}

#[test]
fn batches_are_partitioned_and_read() {
    let dir = tempfile::tempdir().unwrap();
    let sink = ParquetSink::<RecordBatch>::new(dir.path()).partition_by_names(["day", "name"]);
    let mut writer = Sink::<RecordBatch>::open(&sink, &cx(0, 1)).unwrap();
    let batches =
        vec![batch(&[1, 1, 2, 1], &[Some("a"), None, Some("a"), Some("a")]), batch(&[1, 1], &[Some("a"), Some("a")])];
    let paths = epoch(&mut writer, 1, batches);
    let mut directories: Vec<&str> = paths.iter().map(|path| path.rsplit_once('/').unwrap().0).collect();
    directories.sort_unstable();
    assert_eq!(directories, ["day=1/name=__HIVE_DEFAULT_PARTITION__", "day=1/name=a", "day=2/name=a"]);

    let batches = read_all(&ParquetSource::<RecordBatch>::new(dir.path())).unwrap();
    let names: Vec<String> = batches[0].schema().fields().iter().map(|field| field.to_string()).collect();
    assert!(names[1].contains("day") && names[1].contains("Int64"), "{names:?}");
    #[derive(Record, Debug, PartialEq)]
    #[record(crate = flowstone_connectors)]
    struct Row {
        value: f64,
        day: u8,
        name: Option<String>,
    }
    let mut counts: BTreeMap<(u8, Option<String>), usize> = BTreeMap::new();
    for row in batches.iter().flat_map(|batch| arrow::rows::<Row>(batch).unwrap()).map(Result::unwrap) {
        assert_eq!(row.value, f64::from(row.day) / 2.0);
        *counts.entry((row.day, row.name)).or_default() += 1;
    }
    let a = || Some("a".to_owned());
    assert_eq!(counts, BTreeMap::from([((1, None), 1), ((1, a()), 4), ((2, a()), 1)]));
}

#[test]
fn batches_that_do_not_fit_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let check = |names: &[&str], batches: Vec<RecordBatch>, expected: &str| {
        let sink = ParquetSink::<RecordBatch>::new(dir.path()).partition_by_names(names.to_vec());
        let mut writer = Sink::<RecordBatch>::open(&sink, &cx(0, 1)).unwrap();
        let mut batches = batches;
        let fault = writer.write_batch(&mut batches).unwrap_err();
        assert_eq!(report(&fault), expected);
    };
    let one = || batch(&[1], &[None]);
    check(
        &["year"],
        vec![one()],
        "the record batches have no column `year` to partition by; help: they have `day`, `name`, `value`",
    );
    check(
        &["value"],
        vec![one()],
        "cannot partition a record batch; column `value` holds Float64, and the field takes a name of directories: \
         text, integers, truth values or dates; help: none",
    );
    check(
        &["day", "name", "value"],
        vec![one()],
        "all 3 columns name directories, and none is left for the files; help: partition by fewer columns",
    );
    let other = one().project(&[0, 2]).unwrap();
    check(
        &["day"],
        vec![one(), other],
        "a record batch differs from those before it: column `value` (Float64, with nulls) was `name` (Utf8, with \
         nulls) before; help: give all batches of one output the same schema",
    );
}

#[test]
fn a_directory_that_cannot_be_written_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let fault = Sink::<WebEvent>::open(&by_page()(&file.join("out")), &cx(0, 1)).unwrap_err();
    let text = report(&fault);
    assert!(text.starts_with(&format!("cannot write under `{}/out`; ", file.display())), "{text}");
    assert!(text.ends_with("help: a file is in the way: choose another directory"), "{text}");

    let long = WebEvent { page: "x".repeat(300), ..event(0) };
    let mut writer = Sink::<WebEvent>::open(&by_page()(dir.path()), &cx(0, 1)).unwrap();
    writer.write_batch(&mut vec![long]).unwrap();
    let prepared = Writer::<WebEvent>::prepare(&mut writer, 1).unwrap();
    let text = report(&Writer::<WebEvent>::commit(&mut writer, prepared).unwrap_err());
    assert!(text.contains("partition by a shorter one"), "{text}");
}

/// `/dev/full` cannot hold a directory, so a tiny file system stands in for a full disk where one can be mounted.
#[test]
fn a_full_disk_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"])
        .arg(dir.path())
        .stderr(std::process::Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !mounted {
        let forbidden = std::env::var_os("FLOWSTONE_FORBID_SKIP").is_some_and(|forbid| forbid == "1");
        assert!(!forbidden, "no file system can be mounted here");
        eprintln!("SKIPPED: a_full_disk_is_told needs the right to mount a file system");
        return;
    }
    let result = std::panic::catch_unwind(|| {
        let sink = ParquetSink::<WebEvent>::new(dir.path().join("out")).compression(Compression::None);
        let mut writer = Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap();
        let written = writer.write_batch(&mut events(0..300_000));
        let fault = written.and_then(|()| Writer::<WebEvent>::prepare(&mut writer, 1).map(drop)).unwrap_err();
        drop(writer);
        (report(&fault), files(dir.path()))
    });
    assert!(std::process::Command::new("umount").arg(dir.path()).status().unwrap().success());
    let (text, left) = result.unwrap();
    assert!(text.contains("the disk is full"), "{text}");
    assert!(left.is_empty(), "{left:?}");
}

fn one_file(dir: &Path, row_groups: usize, rows: u64) -> PathBuf {
    let sink = ParquetSink::<WebEvent>::new(dir).row_group_rows(rows as usize / row_groups);
    let paths = epoch(&mut Sink::<WebEvent>::open(&sink, &cx(0, 1)).unwrap(), 1, events(0..rows));
    dir.join(&paths[0])
}

#[test]
fn reading_goes_on_from_a_position() {
    let dir = tempfile::tempdir().unwrap();
    let path = one_file(dir.path(), 4, 20_000);
    let source = ParquetSource::<WebEvent>::new(dir.path());
    let partition = path.to_str().unwrap();
    let mut reader = source.open(partition, None, &source_cx()).unwrap();
    let mut read = Vec::new();
    while read.len() < 20_000 {
        let before = read.len();
        let next = reader.next_batch(777, &mut |event| read.push(event)).unwrap();
        assert_eq!(next, if read.len() < 20_000 { Next::More } else { Next::End });
        assert!(read.len() - before <= 777);
        let position = reader.position();
        let mut again = source.open(partition, Some(position), &source_cx()).unwrap();
        assert_eq!(again.progress(), reader.progress());
        let mut next = None;
        again.next_batch(1, &mut |event: WebEvent| next = Some(event.ms)).unwrap();
        assert_eq!(next, (read.len() < 20_000).then_some(read.len() as u64), "{position:?}");
    }
    assert_eq!(reader.next_batch(777, &mut |_| panic!("there is no more")).unwrap(), Next::End);
    assert_eq!(reader.position(), Position { row_group: 4, row: 0 });
    assert_eq!(read, events(0..20_000));

    let batches = ParquetSource::<RecordBatch>::new(&path);
    let mut reader = batches.open(partition, Some(Position { row_group: 2, row: 4_500 }), &source_cx()).unwrap();
    let mut sizes = Vec::new();
    while reader.next_batch(1, &mut |batch: RecordBatch| sizes.push(batch.num_rows())).unwrap() != Next::End {}
    assert_eq!(sizes, [500, 4_096, 904]);
}

#[test]
fn what_is_no_parquet_file_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let read = |path: &Path| report(&read_all(&ParquetSource::<WebEvent>::new(path)).unwrap_err());
    let missing = dir.path().join("missing");
    let text = read(&missing);
    assert!(text.starts_with(&format!("cannot read `{}`; No such file", missing.display())), "{text}");
    assert!(text.ends_with("help: check the path"), "{text}");
    fs::write(dir.path().join("_SUCCESS"), "").unwrap();
    assert!(read(dir.path()).contains("there is no Parquet file in"));
    let file = dir.path().join("no.parquet");
    fs::write(&file, "this is some text, and no Parquet file").unwrap();
    let text = read(&file);
    let start = format!("cannot read the Parquet file (partition `{}`, the end of the file); ", file.display());
    assert!(text.starts_with(&start), "{text}");
    fs::write(&file, "").unwrap();
    assert!(read(&file).starts_with(&start));
}

/// Whatever bytes of a file are damaged: either it is read, or the fault names the file.
#[test]
fn damaged_files_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let path = one_file(dir.path(), 3, 3_000);
    let whole = fs::read(&path).unwrap();
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut told = 0;
    for start in (0..whole.len()).step_by(whole.len() / 150) {
        let mut bytes = whole.clone();
        for byte in &mut bytes[start..(start + 3).min(whole.len())] {
            *byte = byte.wrapping_mul(31).wrapping_add(0x5b);
        }
        fs::write(&path, &bytes).unwrap();
        if let Err(fault) = read_all(&ParquetSource::<WebEvent>::new(&path)) {
            told += 1;
            let text = fault.to_string();
            assert!(text.contains(path.to_str().unwrap()), "{text}");
        }
    }
    std::panic::set_hook(quiet);
    assert!(told > 50, "{told}");

    let mut bytes = whole.clone();
    let middle = whole.len() / 2;
    bytes[middle - 2_000..middle].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    let text = read_all(&ParquetSource::<WebEvent>::new(&path)).unwrap_err().to_string();
    assert!(text.contains("row group 1"), "{text}");
}

#[test]
fn columns_that_do_not_fit_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Sink::<WebEvent>::open(&by_page()(dir.path()), &cx(0, 1)).unwrap();
    epoch(&mut writer, 1, events(0..10));
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Wrong<T: 'static> {
        page: String,
        month: T,
    }
    let text = report(&read_all(&ParquetSource::<Wrong<bool>>::new(dir.path())).unwrap_err());
    assert!(text.contains("column `month`, row 0: the directory's name `1` is no truth value"), "{text}");
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Missing {
        day: u8,
    }
    let text = report(&read_all(&ParquetSource::<Missing>::new(dir.path())).unwrap_err());
    assert!(
        text.contains("there is no column `day`; there are `user`, `kind`, `ms`, `year`, `month`, `page`"),
        "{text}"
    );
    #[derive(Record, Debug)]
    #[record(crate = flowstone_connectors)]
    struct Nulls {
        user: String,
    }
    let text = report(&read_all(&ParquetSource::<Nulls>::new(dir.path())).unwrap_err());
    assert!(text.contains("row group 0") && text.contains("column `user` has a null"), "{text}");
}
