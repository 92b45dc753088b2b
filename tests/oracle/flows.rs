//! The flow of each case: the step of the same meaning, between a case's input and its rows.

use crate::script::{Row, Script};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use serde_json::{Value, json};
use std::cell::Cell;
use std::time::Duration;

/// Makes the flow of a case.
type MakeFlow = fn(&Value, Script, TestSink<Row>) -> Flow;

/// All of them, by case.
pub(crate) const FLOWS: &[(&str, MakeFlow)] = &[
    ("branch", |_, script, out| branch(script, out)),
    ("collect_eof_partial", |case, script, out| collect(script, size(case), ms(case, "timeout"), out)),
    ("collect_timeout_restarts_on_every_item", |case, script, out| {
        collect(script, size(case), ms(case, "timeout"), out)
    }),
    ("count_final", |_, script, out| count_final(script, out)),
    ("enrich_cached_ttl", |case, script, out| enrich_cached(script, ms(case, "ttl"), out)),
    ("filter", |_, script, out| filter(script, out)),
    ("filter_map", |_, script, out| filter_map(script, out)),
    ("filter_map_value", |_, script, out| filter_map_value(script, out)),
    ("filter_value", |_, script, out| filter_value(script, out)),
    ("flat_map", |_, script, out| flat_map(script, out)),
    ("flat_map_batch", |_, script, out| flat_map_batch(script, out)),
    ("flat_map_value", |_, script, out| flat_map_value(script, out)),
    ("flatten", |_, script, out| flatten(script, out)),
    ("fold_final", |_, script, out| fold_final(script, out)),
    ("join_first_complete", |_, script, out| join_first_complete(script, out)),
    ("join_first_running", |_, script, out| join_first_running(script, out)),
    ("join_last_final", |_, script, out| join_last_final(script, out)),
    ("join_product_complete", |_, script, out| join_product_complete(script, out)),
    ("join_product_running", |_, script, out| join_product_running(script, out)),
    ("key_on", |_, script, out| key_on(script, out)),
    ("key_rm", |_, script, out| key_rm(script, out)),
    ("map", |_, script, out| map(script, out)),
    ("map_value", |_, script, out| map_value(script, out)),
    ("max_final", |_, script, out| max_final(script, out)),
    ("merge", |case, script, out| merge(items(&case["input"]["a"]), items(&case["input"]["b"]), script, out)),
    ("min_final", |_, script, out| min_final(script, out)),
    ("reduce_final_order", |_, script, out| reduce_final(script, out)),
    ("stateful_flat_map_discard", |_, script, out| stateful_flat_map(script, out)),
    ("stateful_map_one_batch_key_order", |_, script, out| stateful_map(script, out)),
    ("stateful_notify_and_eof", |case, script, out| stateful(script, ms(case, "timer"), out)),
];

fn ms(case: &Value, name: &str) -> Duration {
    Duration::from_millis(case["params"][name].as_u64().unwrap())
}

fn size(case: &Value) -> usize {
    case["params"]["max_size"].as_u64().unwrap() as usize
}

fn items(list: &Value) -> Vec<Value> {
    list.as_array().unwrap().clone()
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_string()
}

/// `[key, value]` as a pair.
fn pair(entry: Value) -> (String, Value) {
    (text(&entry[0]), entry[1].clone())
}

/// `[key, number]` as a pair.
fn number(entry: Value) -> (String, i64) {
    (text(&entry[0]), int(&entry[1]))
}

/// What one side of a join brings.
fn side(entry: Value) -> (String, Value) {
    (text(&entry["key"]), entry["v"].clone())
}

fn words(value: Value) -> Vec<Value> {
    text(&value).split_whitespace().map(Value::from).collect()
}

/// A row, and the entry after which it came.
fn row(script: &Script, row: impl serde::Serialize) -> Row {
    (script.after(), serde_json::to_value(row).unwrap())
}

dataflow! {
    flow branch(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|n| int(n) % 2 == 0);
        trues = sides.trues -> map(|n| ("trues", n));
        falses = sides.falses -> map(|n| ("falses", n));
        merge(trues, falses) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow collect(script: Script, max_size: usize, timeout: Duration, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(pair)
            -> collect("it", max_size = max_size, timeout = timeout)
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow count_final(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> key_on(text) -> count_final("it") -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow enrich_cached(script: Script, ttl: Duration, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(|entry| text(&entry["k"]))
            -> enrich_cached("it", ttl = ttl, size = 100, key = String::clone, lookup = {
                let calls = Cell::new(0);
                move |_: &String| {
                    calls.set(calls.get() + 1);
                    calls.get()
                }
            })
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow filter(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> filter("it", |n| int(n) % 2 == 1) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow filter_map(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> filter_map("it", |n| (int(&n) % 2 == 0).then(|| int(&n) * 10))
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow filter_map_value(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> filter_map_value("it", |n| (n % 2 == 0).then_some(n * 10))
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow filter_value(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> filter_value("it", |n| *n > 1)
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow flat_map(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> flat_map("it", words) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow flat_map_batch(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> map_batch("it", |batch| [batch]) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow flat_map_value(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(pair)
            -> flat_map_value("it", words)
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow flatten(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(|list| items(&list))
            -> flatten("it")
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow fold_final(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> fold_final("it", Vec::new, |mut list: Vec<i64>, n| { list.push(n); list })
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow join_first_complete(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
        a = sides.trues -> map(side);
        b = sides.falses -> map(side);
        join("it", a, b, insert = first, emit = complete) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow join_first_running(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
        a = sides.trues -> map(side);
        b = sides.falses -> map(side);
        join("it", a, b, insert = first, emit = running) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow join_last_final(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
        a = sides.trues -> map(side);
        b = sides.falses -> map(side);
        join("it", a, b, insert = last, emit = final) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow join_product_complete(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
        a = sides.trues -> map(side);
        b = sides.falses -> map(side);
        join("it", a, b, insert = product, emit = complete) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow join_product_running(script: Script, out: TestSink<Row>) {
        sides = input("in", script.clone()) -> branch(|entry| entry["side"] == 0);
        a = sides.trues -> map(side);
        b = sides.falses -> map(side);
        join("it", a, b, insert = product, emit = running) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow key_on(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> key_on("it", |word| text(word).chars().next())
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow key_rm(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> map(pair) -> key_rm("it") -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow map(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> map("it", |n| int(&n) * 10) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow map_value(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> map_value("it", |n| n + 100)
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow max_final(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> map(number) -> max_final("it") -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow merge(a: Vec<Value>, b: Vec<Value>, script: Script, out: TestSink<Row>) {
        a = input("a", iter(a));
        b = input("b", iter(b));
        merge("it", a, b) -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow min_final(script: Script, out: TestSink<Row>) {
        input("in", script.clone()) -> map(number) -> min_final("it") -> map(|it| row(&script, it)) -> output("out", out);
    }

    flow reduce_final(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(pair)
            -> map_value(|word| text(&word))
            -> reduce_final("it", |a, b| a + &b)
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow stateful_flat_map(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> stateful_flat_map("it", |stored: &mut Option<Vec<i64>>, n| {
                if n != 0 {
                    stored.get_or_insert_default().push(n);
                    return Vec::new();
                }
                let stored = stored.take().unwrap_or_default();
                [json!("flush")].into_iter().chain(stored.into_iter().map(Value::from)).collect()
            })
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow stateful_map(script: Script, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(number)
            -> stateful_map("it", |sum: &mut Option<i64>, n| *sum.insert(sum.unwrap_or(0) + n))
            -> map(|it| row(&script, it))
            -> output("out", out);
    }

    flow stateful(script: Script, timer: Duration, out: TestSink<Row>) {
        input("in", script.clone())
            -> map(pair)
            -> stateful("it", Alarm(timer))
            -> map(|it| row(&script, it))
            -> output("out", out);
    }
}

/// Says what it is called for; `"arm"` sets the timer.
struct Alarm(Duration);

impl Logic<String, Value> for Alarm {
    type State = Option<Timestamp>;
    type Out = Value;

    fn start(&self, _key: &String) -> Option<Timestamp> {
        None
    }

    fn on_value(
        &self,
        _key: &String,
        at: &mut Option<Timestamp>,
        value: Value,
        now: Timestamp,
        emit: &mut impl FnMut(Value),
    ) -> After {
        if value == "arm" {
            *at = Some(now.after(self.0));
        }
        emit(json!(["item", value]));
        After::Keep
    }

    fn notify_at(&self, _key: &String, at: &Option<Timestamp>) -> Option<Timestamp> {
        *at
    }

    fn on_notify(
        &self,
        _key: &String,
        at: &mut Option<Timestamp>,
        _now: Timestamp,
        emit: &mut impl FnMut(Value),
    ) -> After {
        *at = None;
        emit(json!(["notify", null]));
        After::Keep
    }

    fn on_eof(&self, _key: &String, _at: &mut Option<Timestamp>, emit: &mut impl FnMut(Value)) -> After {
        emit(json!(["eof", null]));
        After::Keep
    }
}
