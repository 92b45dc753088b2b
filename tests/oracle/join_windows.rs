//! The cases of joins by window: the rows, of which window, after which entry, and what was late of which side.

use crate::script::{After, Row, Script};
use flowstone::clock::{Clock, Timestamp};
use flowstone::joins::Side2;
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;

/// What a case says of a value; `ts` is in milliseconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Item {
    ts: i64,
    v: Value,
}

impl Item {
    fn at(&self) -> Timestamp {
        Timestamp(self.ts * 1000)
    }
}

fn item(entry: Value) -> (String, Item) {
    (entry["key"].as_str().unwrap().to_string(), Item { ts: entry["ts"].as_i64().unwrap(), v: entry["v"].clone() })
}

/// A value of a row, there or perhaps not.
trait Cell {
    fn shown(self) -> Value;
}

impl Cell for Item {
    fn shown(self) -> Value {
        self.v
    }
}

impl Cell for Option<Item> {
    fn shown(self) -> Value {
        self.map_or(Value::Null, |item| item.v)
    }
}

fn row<A: Cell, B: Cell>((key, window): (String, Windowed<(A, B)>)) -> Value {
    let Windowed { id, open, close, value: (a, b), .. } = window;
    json!({"key": key, "window": id, "open": open.0 / 1000, "close": close.0 / 1000, "row": [a.shown(), b.shown()]})
}

fn late((key, side): (String, Side2<Item, Item>)) -> Value {
    match side {
        Side2::First(item) => json!({"key": key, "side": 0, "v": item.v}),
        Side2::Second(item) => json!({"key": key, "side": 1, "v": item.v}),
    }
}

macro_rules! flows {
    ($($name:ident: $insert:ident $emit:tt;)*) => {
        dataflow! {
            $(flow $name(script: Script, wait: Duration, length: Duration, out: TestSink<Row>, late_out: TestSink<Value>) {
                sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
                a = sides.trues -> map(item);
                b = sides.falses -> map(item);
                rows = join_window("it", a, b,
                    clock = event_time((Item::at, |item| item.at()), wait = wait),
                    windows = tumbling(length),
                    insert = $insert,
                    emit = $emit);
                rows.late -> map(late) -> output("late", late_out);
                rows -> map(|it| (script.after(), row(it))) -> output("out", out);
            })*
        }

        fn flow(insert: &str, emit: &str) -> fn(Script, Duration, Duration, TestSink<Row>, TestSink<Value>) -> Flow {
            match (insert, emit) {
                $((stringify!($insert), stringify!($emit)) => $name,)*
                _ => panic!("no flow for `{insert}` and `{emit}`"),
            }
        }
    };
}

flows! {
    first_complete: first complete;
    first_running: first running;
    last_final: last final;
    product_complete: product complete;
    product_running: product running;
}

/// Runs a case and compares rows, when they came, the windows they are of, and what was late.
pub(crate) fn check(name: &str, recorded: &Value) {
    let params = &recorded["params"];
    let ms = |value: &Value| Duration::from_millis(value.as_u64().unwrap());
    let (out, late) = (TestSink::new(), TestSink::new());
    let make = flow(params["insert_mode"].as_str().unwrap(), params["emit_mode"].as_str().unwrap());
    let (wait, length) = (ms(&params["wait"]), ms(&params["windower"]["length"]));
    let flow = make(Script::new(recorded), wait, length, out.clone(), late.clone());
    flow.run(&Config::default().lockstep().clock(Clock::manual(Timestamp(0)))).unwrap();

    let list = |field: &str| recorded[field].as_array().unwrap().clone();
    let windows = list("meta");
    let window = |row: &Value| windows.iter().find(|window| window["window"] == row["window"]).unwrap();
    let expected = list("output").into_iter().zip(list("output_after")).map(|(row, after)| {
        let (open, close) = (&window(&row)["open"], &window(&row)["close"]);
        let row = json!({"key": row["key"], "window": row["window"], "open": open, "close": close, "row": row["row"]});
        (After::from(&after), row)
    });
    // There is one key, so that all rows are in order.
    assert_eq!(out.take(), expected.collect::<Vec<_>>(), "{name}");
    let expected = list("late").into_iter().map(|row| json!({"key": row["key"], "side": row["side"], "v": row["v"]}));
    assert_eq!(late.take(), expected.collect::<Vec<_>>(), "{name}");
}
