use crate::{drain, read, sink_cx, source_cx, stored, told};
use flowstone_connectors::csv::{CsvSink, CsvSource};
use flowstone_runtime::sink::{Sink, Writer};
use flowstone_runtime::source::{Next, Progress, Reader, Source};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Price {
    item: String,
    cents: Option<i64>,
}

fn price(item: &str, cents: i64) -> Price {
    Price { item: item.into(), cents: Some(cents) }
}

fn file(content: impl AsRef<[u8]>) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("prices.csv");
    fs::write(&path, content).unwrap();
    (dir, path)
}

/// The rows of a file, bad ones as text without the name of the directory.
fn rows(content: impl AsRef<[u8]>, form: impl Fn(CsvSource<Price>) -> CsvSource<Price>) -> Vec<Result<Price, String>> {
    let (dir, path) = file(content);
    let prefix = format!("{}/", dir.path().display());
    let rows = read(&form(CsvSource::new(path))).unwrap();
    rows.into_iter().map(|row| row.map_err(|bad| bad.to_string().replace(&prefix, ""))).collect()
}

#[test]
fn columns_are_found_by_name() {
    assert_eq!(
        rows("cents,item\n305,tea\n,\"milk, 1 l\"\n", |s| s),
        [Ok(price("tea", 305)), Ok(Price { item: "milk, 1 l".into(), cents: None })]
    );
    assert_eq!(rows("", |s| s), []);
    assert_eq!(rows("item,cents\n", |s| s), []);
    assert_eq!(
        rows("tea;1\r\nmilk;2", |s| s.no_headers().delimiter(b';')),
        [Ok(price("tea", 1)), Ok(price("milk", 2))]
    );
    assert_eq!(rows("# old\nitem , cents\n tea, 1\n", |s| s.trim().comment(b'#')), [Ok(price("tea", 1))]);
}

#[test]
fn bad_rows_are_told_and_the_rest_is_read() {
    let content = b"item,cents\ntea,3x\nmilk\n\"two\nlines\",5\nsalt,1,2\nb\xffd,1\nrice,2\n";
    let bad = |text: &str| Err(text.to_owned());
    assert_eq!(
        rows(content, |s| s),
        [
            bad("prices.csv line 2: column `cents`: invalid digit found in string, in `tea,3x`"),
            bad("prices.csv line 3: 1 fields where 2 are expected, in `milk`"),
            Ok(price("two\nlines", 5)),
            bad("prices.csv line 6: 3 fields where 2 are expected, in `salt,1,2`"),
            bad("prices.csv line 7: column `item`: the text is not UTF-8, in `b\u{fffd}d,1`"),
            Ok(price("rice", 2)),
        ]
    );
    assert_eq!(rows("cents\n1\n", |s| s), [bad("prices.csv line 2: missing field `item`, in `1`")]);
}

#[test]
fn a_strict_source_stops_at_a_bad_row() {
    let (_dir, path) = file("item,cents\ntea,1\nmilk,x\n");
    let fault = read(&CsvSource::<Price>::new(&path).strict()).unwrap_err();
    let name = path.display();
    assert_eq!(
        told(&fault),
        format!(
            "a row cannot be read (partition `{name}`, line 3) | \
             {name} line 3: column `cents`: invalid digit found in string, in `milk,x` | \
             fix the row; without `.strict()` bad rows can be split off"
        )
    );
}

#[test]
fn files_of_a_directory_have_a_row_of_names_each() {
    let dir = TempDir::new().unwrap();
    fs::write(dir.path().join("1.csv"), "item,cents\na,1\n").unwrap();
    fs::write(dir.path().join("2.csv"), "cents,item\n2,b\n").unwrap();
    fs::write(dir.path().join("3.txt"), "no rows").unwrap();
    let source = CsvSource::<Price>::dir(dir.path(), "*.csv").strict();
    assert_eq!(read(&source).unwrap(), [price("a", 1), price("b", 2)]);
}

fn texts() -> impl Strategy<Value = Vec<Price>> {
    let price = ("[a-z\"\n\r,; \u{e4}]{0,8}", proptest::option::of(any::<i64>()));
    proptest::collection::vec(price.prop_map(|(item, cents)| Price { item, cents }), 0..20)
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(rows in texts(), delimiter in prop::sample::select(vec![b',', b';', b'\t']), at in 0usize..20) {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("prices.csv");
        let sink = CsvSink::new(&path).delimiter(delimiter);
        let mut writer = Sink::<Price>::open(&sink, &sink_cx(0, 1, 1)).unwrap();
        // Two epochs, of which the second is appended.
        for (epoch, part) in [&rows[..at.min(rows.len())], &rows[at.min(rows.len())..]].into_iter().enumerate() {
            writer.write_batch(&mut part.to_vec()).unwrap();
            let prepared = Writer::<Price>::prepare(&mut writer, epoch as u64).unwrap();
            Writer::<Price>::commit(&mut writer, prepared).unwrap();
        }
        Writer::<Price>::close(&mut writer).unwrap();

        let source = CsvSource::<Price>::new(&path).delimiter(delimiter).strict();
        let name = path.to_str().unwrap();
        let mut first = source.open(name, None, &source_cx()).unwrap();
        let mut found = Vec::new();
        loop {
            let next = first.next_batch(1, &mut |row| found.push(row)).unwrap();
            let copy = source.clone();
            let mut second = copy.open(name, Some(stored(&first.position())), &source_cx()).unwrap();
            let mut whole = found.clone();
            whole.extend(drain(&mut second, 7).unwrap());
            prop_assert_eq!(&whole, &rows);
            if next == Next::End {
                let size = fs::metadata(&path).unwrap().len();
                prop_assert_eq!(first.progress(), Some(Progress { done: size, total: size }));
                break;
            }
        }
    }
}

#[test]
fn names_are_written_once_a_file() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("out.csv");
    let mut writer = Sink::<Price>::open(&CsvSink::new(&path), &sink_cx(0, 1, 1)).unwrap();
    for epoch in 0..3 {
        writer.write_batch(&mut vec![price("tea", 1)]).unwrap();
        let prepared = Writer::<Price>::prepare(&mut writer, epoch).unwrap();
        Writer::<Price>::commit(&mut writer, prepared).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), "item,cents\ntea,1\ntea,1\ntea,1\n");
}

#[test]
fn an_item_that_is_no_row_is_told() {
    let dir = TempDir::new().unwrap();
    let mut writer =
        Sink::<BTreeMap<&str, u32>>::open(&CsvSink::new(dir.path().join("out.csv")), &sink_cx(0, 1, 1)).unwrap();
    let fault = writer.write_batch(&mut vec![BTreeMap::from([("a", 1)])]).unwrap_err();
    assert!(told(&fault).starts_with("an item cannot be written as a row of CSV | "), "{}", told(&fault));
}
