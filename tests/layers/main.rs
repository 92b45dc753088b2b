//! Imports point one way: no file imports one that imports it, and no folder imports one that comes after it in its list.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

mod imports;
mod steps;

use imports::{Crate, Module};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The crates, with the folders or files at the top of each in an order in which none imports a later one. What is not in
/// the list (the root, tests) may import everything.
const CRATES: &[(&str, &[&str])] = &[
    ("src", &[]),
    ("connectors/src", &["files", "arrow", "stdio", "csv", "json", "parquet", "websim"]),
    (
        "runtime/src",
        &[
            "base", "io", "snapshot", "worker", "stream", "source", "sources", "sink", "sinks", "state", "windows",
            "joins", "check", "ops", "exec", "testing",
        ],
    ),
    (
        "dataflow-macros/src",
        &[
            "words",
            "errors",
            "spec",
            "emit",
            "durations",
            "ast",
            "lock",
            "steps",
            "parse",
            "bind",
            "resolve",
            "check",
            "plan",
            "expand",
            "driver",
            "record",
        ],
    ),
];

/// The folders within `runtime/src/windows`, in such an order.
const WINDOWS: &[&str] = &["assign", "clocks", "aggregate", "by_key", "preaggregate", "shared_clock", "step"];

fn read(folder: &str) -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

fn name(module: &Module) -> String {
    if module.is_empty() { "(root)".into() } else { module.join("::") }
}

#[test]
fn folders_import_only_what_comes_before_them() {
    let mut wrong = Vec::new();
    let mut check = |folder: &str, within: &[String], order: &[&str]| {
        let place = |module: &Module| {
            let inside = module.strip_prefix(within)?;
            order.iter().position(|folder| inside.first().is_some_and(|first| first == folder))
        };
        for (from, all) in &read(folder).edges {
            let Some(here) = place(from) else { continue };
            for (to, names) in all {
                if place(to).is_some_and(|there| there > here) {
                    wrong.push(format!("{folder}: {} imports {names:?} of {}", name(from), name(to)));
                }
            }
        }
    };
    for (folder, order) in CRATES {
        check(folder, &[], order);
    }
    check("runtime/src", &["windows".into()], WINDOWS);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_has_its_place_in_the_order() {
    for (folder, order) in CRATES.iter().filter(|(_, order)| !order.is_empty()) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let folders = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
        let folders = folders.filter(|entry| entry.path().is_dir() && entry.file_name() != "tests");
        for entry in folders {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(order.contains(&name.as_str()), "{folder}/{name} has no place in `CRATES`");
        }
    }
}

#[test]
fn no_files_import_each_other_in_a_cycle() {
    let mut cycles = Vec::new();
    for (folder, _) in CRATES {
        let edges = read(folder).edges;
        for cycle in cyclic(&edges) {
            let among = |module: &Module| {
                let others = edges[module].iter().filter(|(to, _)| cycle.contains(*to));
                others
                    .map(|(to, names)| format!("  {} imports {names:?} of {}", name(module), name(to)))
                    .collect::<Vec<_>>()
            };
            let lines: Vec<String> = cycle.iter().flat_map(among).collect();
            cycles.push(format!("{folder}:\n{}", lines.join("\n")));
        }
    }
    assert!(cycles.is_empty(), "{}", cycles.join("\n"));
}

/// The groups of modules each of which reaches all others of its group.
fn cyclic(edges: &BTreeMap<Module, BTreeMap<Module, BTreeSet<String>>>) -> Vec<BTreeSet<Module>> {
    let reached = |from: &Module| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = next.pop() {
            for to in edges.get(&module).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(to.clone()) {
                    next.push(to.clone());
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<Module>> = edges.keys().map(|module| (module, reached(module))).collect();
    let mut groups = BTreeSet::new();
    for (module, others) in reached.iter().filter(|(module, others)| others.contains(**module)) {
        let back = |other: &&Module| reached.get(*other).is_some_and(|others| others.contains(*module));
        groups.insert(others.iter().filter(back).cloned().collect::<BTreeSet<Module>>());
    }
    groups.into_iter().collect()
}
