//! What Bytewax 0.21.1 was seen to do, case by case, against what Flowstone does. See `README.md` beside this file.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod decisions;
mod flows;
mod join_windows;
mod recovery;
mod script;
mod windows;

use flowstone::clock::{Clock, Timestamp};
use flowstone::prelude::*;
use flowstone::testing::TestSink;
use script::{After, Row, Script};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/cases")
}

fn read(case: &str) -> Value {
    let path = folder().join(format!("{case}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs one case and gives its rows with the entries after which they came.
fn run(case: &str, recorded: &Value) -> Vec<Row> {
    let flow = flows::FLOWS.iter().find(|(name, _)| *name == case).map(|(_, flow)| flow);
    let flow = flow.unwrap_or_else(|| panic!("no flow for `{case}`"));
    let out = TestSink::new();
    let config = Config::default().lockstep().clock(Clock::manual(Timestamp(0)));
    flow(recorded, Script::new(recorded), out.clone()).run(&config).unwrap();
    out.take()
}

/// The rows that are expected.
fn expected(case: &str, recorded: &Value) -> Vec<Row> {
    let (output, after) =
        decisions::instead_of(case).unwrap_or_else(|| (recorded["output"].clone(), recorded["output_after"].clone()));
    let (output, after) = (output.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(output.len(), after.len(), "{case}");
    output.iter().zip(after).map(|(row, after)| (After::from(after), row.clone())).collect()
}

fn check(case: &str) {
    let recorded = read(case);
    let (mut rows, mut expected) = (run(case, &recorded), expected(case, &recorded));
    if expected.iter().any(|(after, _)| *after == After::Unknown) {
        rows.iter_mut().for_each(|(after, _)| *after = After::Unknown);
    }
    match recorded["compare"].as_str().unwrap() {
        "sequence" => assert_eq!(rows, expected, "{case}"),
        "multiset" => {
            for rows in [&mut rows, &mut expected] {
                rows.sort_by_key(|(after, row)| (*after, row.to_string()));
            }
            assert_eq!(rows, expected, "{case}");
        }
        "per_key_sequence" => assert_eq!(by_key(&rows), by_key(&expected), "{case}"),
        // How items fall into lists is a matter of how it runs.
        "concatenation" => assert_eq!(concatenated(&rows), concatenated(&expected), "{case}"),
        other => panic!("{case}: unknown way to compare, `{other}`"),
    }
}

fn by_key(rows: &[Row]) -> BTreeMap<String, Vec<&Row>> {
    let mut keys = BTreeMap::<_, Vec<_>>::new();
    for row in rows {
        keys.entry(row.1[0].to_string()).or_default().push(row);
    }
    keys
}

fn concatenated(rows: &[Row]) -> Vec<&Value> {
    rows.iter().flat_map(|(_, list)| list.as_array().unwrap()).collect()
}

macro_rules! cases {
    ($($case:ident)*) => {
        /// The cases that have a test.
        const CASES: &[&str] = &[$(stringify!($case)),*];

        $(
            #[test]
            fn $case() {
                check(stringify!($case));
            }
        )*
    };
}

cases! {
    branch
    collect_eof_partial
    collect_timeout_restarts_on_every_item
    count_final
    enrich_cached_ttl
    filter
    filter_map
    filter_map_value
    filter_value
    flat_map
    flat_map_batch
    flat_map_value
    flatten
    fold_final
    join_first_complete
    join_first_running
    join_last_final
    join_product_complete
    join_product_running
    key_on
    key_rm
    map
    map_value
    max_final
    merge
    min_final
    reduce_final_order
    stateful_flat_map_discard
    stateful_map_one_batch_key_order
    stateful_notify_and_eof
}

macro_rules! window_cases {
    ($($case:ident)*) => {
        /// The cases of window steps.
        const WINDOWS: &[&str] = &[$(stringify!($case)),*];

        $(
            #[test]
            fn $case() {
                windows::check(stringify!($case), &read(stringify!($case)));
            }
        )*
    };
}

window_cases! {
    session_contained_item
    session_idle_close_and_reuse
    session_merge_fold_order
    session_merge_three_at_once
    session_merge_unordered
    session_zero_gap
    sliding_negative_align
    sliding_out_of_order_wait
    systemclock_session
    tumbling_align_not_multiple
    tumbling_collect_into_set
    tumbling_count
    tumbling_future_item_poisons_key
    tumbling_idle_then_late
    tumbling_late_while_window_open
    tumbling_max
    tumbling_min
    tumbling_one_batch
    tumbling_reduce_arrival_order
    tumbling_slow_arrival_is_late
    tumbling_system_clock_backwards
    tumbling_unordered_emission_order
    tumbling_watermark_is_per_key
}

macro_rules! join_window_cases {
    ($($case:ident)*) => {
        /// The cases of joins by window.
        const JOIN_WINDOWS: &[&str] = &[$(stringify!($case)),*];

        $(
            #[test]
            fn $case() {
                join_windows::check(stringify!($case), &read(stringify!($case)));
            }
        )*
    };
}

join_window_cases! {
    join_window_first_complete
    join_window_first_running
    join_window_last_final
    join_window_out_of_order_ordered
    join_window_product_complete
    join_window_product_running
}

#[test]
fn every_case_has_a_test_or_a_reason() {
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_string())
        .collect();
    let skipped = decisions::SKIPPED.iter().map(|(case, reason)| {
        assert!(!reason.is_empty());
        *case
    });
    let covered: BTreeSet<String> =
        CASES.iter().chain(WINDOWS).chain(JOIN_WINDOWS).copied().chain(skipped).map(String::from).collect();
    assert_eq!(files, covered);
    for (case, _) in flows::FLOWS {
        assert!(CASES.contains(case), "the flow of `{case}` is not run");
    }
    for case in &files {
        assert_eq!(read(case)["case"], **case, "the file says to be another case");
    }
}
