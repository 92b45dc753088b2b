//! The cases of window steps: what came out of which window, after which entry, and what was late.

use crate::decisions;
use crate::script::{After, Row, Script};
use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use flowstone::windows::Takes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::time::Duration;

/// What a case says of an item.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Item {
    /// In milliseconds; `None` in cases without times.
    ts: Option<i64>,
    v: Value,
}

impl Item {
    fn at(&self) -> Option<Timestamp> {
        self.ts.map(|ms| Timestamp(ms * 1000))
    }

    /// `[ts, v]`, or `v` alone.
    fn shown(&self) -> Value {
        self.ts.map_or_else(|| self.v.clone(), |ts| json!([ts, self.v]))
    }

    fn number(&self) -> i64 {
        self.v.as_i64().unwrap()
    }
}

/// Items are compared by their numbers alone, and by their texts where they have none.
impl Ord for Item {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.v.is_i64(), self.v.as_str(), other.v.as_str()) {
            (false, Some(a), Some(b)) => (a, self.ts).cmp(&(b, other.ts)),
            _ => self.number().cmp(&other.number()),
        }
    }
}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Item {}

fn item(entry: Value) -> (String, Item) {
    let key = |value: &Value| value.as_str().unwrap().to_string();
    match entry.as_array() {
        Some(pair) => (key(&pair[0]), Item { ts: None, v: pair[1].clone() }),
        None => (key(&entry["key"]), Item { ts: entry["ts"].as_i64(), v: entry["v"].clone() }),
    }
}

/// What the flow of a case is made with.
#[derive(Clone)]
struct Case {
    script: Script,
    wait: Duration,
    ordered: bool,
    out: TestSink<Row>,
    late: TestSink<Value>,
}

/// A row with its window; sessions are said to close with their last item.
fn row((key, window): (String, Windowed<Value>), gap: i64) -> Value {
    let Windowed { id, open, close, merged, value, .. } = window;
    let (open, close) = (open.0 / 1000, close.0 / 1000 - gap);
    json!({"key": key, "window": id, "open": open, "close": close, "merged_ids": merged, "value": value})
}

fn late((key, item): (String, Item)) -> Value {
    json!({"key": key, "ts": item.ts, "v": item.v})
}

fn list(items: Vec<Item>) -> Value {
    items.iter().map(Item::shown).collect()
}

/// What the windows of a case can be.
trait Windows: Windower<Overlap: Takes<Item>> + Clone + Send + Sync {}

impl<W: Windower<Overlap: Takes<Item>> + Clone + Send + Sync> Windows for W {}

dataflow! {
    flow count<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> count_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(|count| json!(count))) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow collect<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> collect_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(list)) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow collect_system<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> collect_window("it", clock = system_time(), windows = windows, ordered = case.ordered);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(list)) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow collect_set<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> collect_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered, into = set);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(|set| list(set.into_iter().collect()))) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow max<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> max_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(|item| item.shown())) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow min<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> min_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(|item| item.shown())) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow reduce<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> reduce_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered, combine = newest_and_both);
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(|item| item.shown())) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }

    flow fold<W>(case: Case, windows: W, gap: i64) where W: Windows {
        rows = input("in", case.script.clone())
            -> map(item)
            -> fold_window("it", clock = event_time(Item::at, wait = case.wait), windows = windows, ordered = case.ordered, init = String::new, fold = with_text, merge = |a, b| format!("({a}+{b})"));
        rows.late -> map(late) -> output("late", case.late);
        rows -> map_value(|window| window.map(Value::from)) -> map(|it| (case.script.after(), row(it, gap))) -> output("out", case.out);
    }
}

fn with_text(text: String, item: Item) -> String {
    text + item.v.as_str().unwrap()
}

/// The later time, and both texts.
fn newest_and_both(a: Item, b: Item) -> Item {
    let text = format!("{}{}", a.v.as_str().unwrap(), b.v.as_str().unwrap());
    Item { ts: a.ts.max(b.ts), v: Value::from(text) }
}

fn flow(recorded: &Value, case: Case, windows: impl Windows, gap: i64) -> Flow {
    let params = &recorded["params"];
    match recorded["operator"].as_str().unwrap() {
        "count_window" => count(case, windows, gap),
        "collect_window" if params["into"] == "set" => collect_set(case, windows, gap),
        "collect_window" if params["clock"] == "system" => collect_system(case, windows, gap),
        "collect_window" => collect(case, windows, gap),
        "max_window" => max(case, windows, gap),
        "min_window" => min(case, windows, gap),
        "reduce_window" => reduce(case, windows, gap),
        "fold_window" => fold(case, windows, gap),
        other => panic!("no flow for `{other}`"),
    }
}

/// Runs a case and compares what came out, when, of which windows, and what was late.
pub(crate) fn check(name: &str, recorded: &Value) {
    let params = &recorded["params"];
    let ms = |value: &Value| Duration::from_millis(value.as_u64().unwrap_or(0));
    let (out, late) = (TestSink::new(), TestSink::new());
    let case = Case {
        script: Script::new(recorded),
        wait: ms(&params["wait"]),
        ordered: params["ordered"].as_bool().unwrap_or(true),
        out: out.clone(),
        late: late.clone(),
    };
    let by = &params["windower"];
    let align_to = by["align_to"].as_i64().map(|ms| Timestamp(ms * 1000));
    let (length, offset, gap) = (ms(&by["length"]), ms(&by["offset"]), ms(&by["gap"]));
    let flow = match by["kind"].as_str().unwrap() {
        "tumbling" => flow(recorded, case, tumbling(length, align_to), 0),
        "sliding" => flow(recorded, case, sliding(length, offset, align_to), 0),
        "session" => flow(recorded, case, session(gap), by["gap"].as_i64().unwrap()),
        other => panic!("unknown windows, `{other}`"),
    };
    flow.run(&Config::default().lockstep().clock(Clock::manual(Timestamp(0)))).unwrap();
    let (rows, late) = (out.take(), late.take());

    let decided = decisions::windows_instead_of(name);
    let (output, after, meta, expected_late) = match &decided {
        Some(decided) => (&decided["output"], &decided["output_after"], &decided["meta"], &decided["late"]),
        None => (&recorded["output"], &recorded["output_after"], &recorded["meta"], &recorded["late"]),
    };
    let values: Vec<Row> =
        rows.iter().map(|(after, row)| (*after, without(row, &["open", "close", "merged_ids"]))).collect();
    let expected: Vec<Row> = output
        .as_array()
        .unwrap()
        .iter()
        .cloned()
        .zip(after.as_array().unwrap())
        .map(|(row, after)| (After::from(after), row))
        .collect();
    let multiset = recorded["compare"] == "multiset";
    assert_eq!(sorted(values, multiset), sorted(expected, multiset), "{name}");
    if let Some(meta) = meta.as_array().filter(|meta| !meta.is_empty()) {
        let windows: Vec<Row> = rows.iter().map(|(_, row)| (After::Unknown, without(row, &["value"]))).collect();
        let expected = meta.iter().map(|row| (After::Unknown, row.clone())).collect();
        assert_eq!(sorted(windows, multiset), sorted(expected, multiset), "{name}");
    }
    let late: BTreeSet<String> = late.iter().map(ToString::to_string).collect();
    let expected_late = expected_late.as_array().unwrap().iter();
    let expected_late: BTreeSet<String> = expected_late.map(|row| without(row, &["window"]).to_string()).collect();
    assert_eq!(late, expected_late, "{name}");
}

fn without(row: &Value, fields: &[&str]) -> Value {
    let mut row = row.as_object().unwrap().clone();
    fields.iter().for_each(|field| drop(row.remove(*field)));
    Value::Object(row)
}

/// Rows by key: only the order within a key is compared; with `all`, not even that.
fn sorted(mut rows: Vec<Row>, all: bool) -> Vec<Row> {
    match all {
        true => rows.sort_by_key(|(after, row)| (*after, row.to_string())),
        false => rows.sort_by_key(|(_, row)| row["key"].to_string()),
    }
    rows
}
