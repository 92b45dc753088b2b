//! What Bytewax was seen to do over several executions on one recovery store, against what Flowstone does.
//!
//! A case's outputs are a list for each execution. Ours are what each execution committed: what Bytewax may put out again
//! after an abort is put out once.

use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;
use flowstone::testing::{Entry, TestSink, TestSource};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

type Out = TestSink<Value>;
type Flows = fn(TestSource<Value>, Out) -> Flow;

fn key(item: &Value) -> String {
    item[0].as_str().or(item["key"].as_str()).unwrap().to_owned()
}

dataflow! {
    /// Running totals.
    flow totals(items: TestSource<Value>, out: Out) {
        input("items", items)
            -> key_on("key", |item: &Value| key(item))
            -> stateful_map("total", |total: &mut Option<i64>, item: Value| {
                *total.insert(total.unwrap_or(0) + item[1].as_i64().unwrap())
            })
            -> map("row", |(key, total)| json!([key, total]))
            -> output("out", out);
    }

    /// Running totals that are forgotten from 5 on.
    flow discarding(items: TestSource<Value>, out: Out) {
        input("items", items)
            -> key_on("key", |item: &Value| key(item))
            -> stateful_map("total", |state: &mut Option<i64>, item: Value| {
                let total = state.unwrap_or(0) + item[1].as_i64().unwrap();
                *state = (total < 5).then_some(total);
                total
            })
            -> map("row", |(key, total)| json!([key, total]))
            -> output("out", out);
    }

    /// Totals at the end of the input.
    flow finals(items: TestSource<Value>, out: Out) {
        input("items", items)
            -> key_on("key", |item: &Value| key(item))
            -> map_value("amount", |item: Value| item[1].as_i64().unwrap())
            -> reduce_final("total", |a, b| a + b)
            -> map("row", |(key, total)| json!([key, total]))
            -> output("out", out);
    }

    /// What came in ten seconds.
    flow windows(items: TestSource<Value>, out: Out) {
        input("items", items)
            -> key_on("key", |item: &Value| key(item))
            -> map_value("pair", |item: Value| (item["ts"].as_i64().unwrap(), item["v"].as_i64().unwrap()))
            -> collect_window("lists",
                   clock = event_time(|pair: &(i64, i64)| Timestamp(pair.0 * 1000), wait = 0s),
                   windows = tumbling(10s))
            -> map("row", |(key, window)| json!({ "key": key, "window": window.id, "value": window.value }))
            -> output("out", out);
    }
}

/// Runs a case's executions and gives what each committed.
fn run(case: &str, flow: Flows) -> (Vec<Vec<Value>>, Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/oracle/recovery_cases/{case}.json"));
    let recorded: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let entry = |entry: &Value| match entry.as_str() {
        Some("ABORT") => Entry::Abort,
        Some("EOF") => Entry::Eof,
        _ => Entry::Items(vec![entry.clone()]),
    };
    let items = TestSource::script(recorded["input"].as_array().unwrap().iter().map(entry));
    let out = TestSink::new();
    let mut outputs = Vec::new();
    for execution in recorded["params"]["executions"].as_array().unwrap() {
        let config = Config::default()
            .recovery(format!("memory://oracle-{case}"))
            .snapshot_interval(Duration::ZERO)
            .workers(execution["workers"].as_u64().unwrap_or(1) as usize)
            .clock(Clock::manual(Timestamp(0)));
        // An execution that is aborted fails, as it is told to.
        let _ = flow(items.clone(), out.clone()).run(&config);
        outputs.push(out.take_committed());
    }
    (outputs, recorded)
}

fn check(case: &str, flow: Flows) {
    let (mut outputs, mut recorded) = run(case, flow);
    if recorded["compare"] == "multiset_per_execution" {
        outputs.iter_mut().for_each(|rows| rows.sort_by_key(Value::to_string));
        let expected = recorded["output"].as_array_mut().unwrap();
        expected.iter_mut().for_each(|rows| rows.as_array_mut().unwrap().sort_by_key(Value::to_string));
    }
    if recorded["compare"] == "resume_suffix" {
        // What was committed last by one execution may come again in the next there; here all of it comes once.
        let all = |executions: &[Value]| {
            executions.iter().flat_map(|rows| rows.as_array().unwrap()).cloned().collect::<Vec<_>>()
        };
        assert_eq!(outputs.concat(), all(recorded["output"].as_array().unwrap()), "{case}");
        return;
    }
    assert_eq!(json!(outputs), recorded["output"], "{case}");
}

#[test]
fn recovery_abort_epoch_per_batch() {
    check("recovery_abort_epoch_per_batch", totals);
}

#[test]
fn recovery_discarded_state_stays_discarded() {
    check("recovery_discarded_state_stays_discarded", discarding);
}

#[test]
fn recovery_final_ops_emit_every_execution() {
    check("recovery_final_ops_emit_every_execution", finals);
}

#[test]
fn recovery_rescale_1_to_3_workers() {
    check("recovery_rescale_1_to_3_workers", totals);
}

#[test]
fn recovery_window_abort_resume() {
    check("recovery_window_abort_resume", windows);
}
