//! A step has one name everywhere: in its row, its file, its folder of mistakes, and README's table.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The words of all rows: `Spec { word: "map", … }`.
fn words() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(root("dataflow-macros/src/steps")).unwrap() {
        let path = entry.unwrap().path();
        // Those are calls within arguments.
        if path.ends_with("calls.rs") || path.ends_with("aggregates.rs") {
            continue;
        }
        let text = fs::read_to_string(path).unwrap();
        for row in text.split(" Spec {").skip(1) {
            let word = row.trim_start().strip_prefix("word: \"").and_then(|row| row.split('"').next());
            words.extend(word.map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_step_has_its_file_its_mistakes_and_its_line() {
    let words = words();
    assert!(words.len() > 50, "{words:?}");
    let readme = fs::read_to_string(root("README.md")).unwrap();
    let mut missing = Vec::new();
    for word in &words {
        let file = format!("runtime/src/ops/{word}.rs");
        let function = [format!("pub fn {word}<"), format!("pub fn {word}(")];
        let text = fs::read_to_string(root(&file)).unwrap_or_default();
        if !function.iter().any(|function| text.contains(function)) {
            missing.push(format!("`{word}` has no function in {file}"));
        }
        if !root(&format!("tests/ui/{word}")).is_dir() {
            missing.push(format!("`{word}` has no folder in tests/ui"));
        }
        let line = |line: &str| line.starts_with("| ") && line.contains(&format!("`{word}`"));
        if !readme.lines().any(line) {
            missing.push(format!("`{word}` has no line in README's table"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
