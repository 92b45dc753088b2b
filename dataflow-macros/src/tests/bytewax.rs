//! The page for users of Bytewax names only what there is.

use crate::spec::Spec;
use crate::steps::{self, aggregates, calls};

const PAGE: &str = include_str!("../../../docs/from-bytewax.md");

/// The cells of a row, where a `|` in code is written `\|`.
fn cells(row: &str) -> Vec<String> {
    let cells = row.trim_matches('|').replace("\\|", "\u{0}");
    cells.split('|').map(|cell| cell.trim().replace('\u{0}', "|")).collect()
}

/// The rows of the tables up to the one of sources and sinks, which are not words of the language.
fn rows() -> Vec<Vec<String>> {
    let page = PAGE.split("## Sources").next().expect("a page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| Bytewax"));
    rows.map(cells).collect()
}

/// What stands in backticks.
fn code(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

/// Each word of the code that is called, with the names of arguments given to it.
fn called(code: &str) -> Vec<(String, Vec<String>)> {
    let (mut open, mut done): (Vec<(String, Vec<String>)>, Vec<_>) = (Vec::new(), Vec::new());
    let mut word = String::new();
    for c in code.chars() {
        match c {
            '(' => open.push((std::mem::take(&mut word), Vec::new())),
            ')' => done.extend(open.pop()),
            '=' => open.last_mut().expect("a call").1.push(std::mem::take(&mut word)),
            c if c.is_alphanumeric() || c == '_' => word.push(c),
            ' ' => {}
            _ => word.clear(),
        }
    }
    done.into_iter().filter(|(word, _)| !word.is_empty()).collect()
}

#[test]
fn every_word_for_a_word_of_bytewax_is_one() {
    let rows = rows();
    assert!(rows.len() > 80, "{} rows", rows.len());
    let ports: Vec<_> = steps::all().flat_map(Spec::ports).collect();
    for row in rows {
        let (theirs, ours) = (&row[0], &row[1]);
        for code in code(ours).chain(code(row.get(2).map_or("", String::as_str))) {
            if let Some(port) = code.strip_prefix('.').filter(|port| !port.contains(['(', ' '])) {
                assert!(ports.contains(&port), "{theirs}: no step has the port `{code}`");
            }
            if !code.starts_with("->") && !code.contains('(') {
                continue;
            }
            for (word, names) in called(code) {
                let step = steps::find(&word).map(|spec| spec.params);
                let call = calls::all().chain(aggregates::all()).find(|call| call.word == word).map(|call| call.params);
                // A method of Rust's own, as in the third column.
                if code.contains(&format!(".{word}(")) {
                    continue;
                }
                let params = step.or(call).unwrap_or_else(|| panic!("{theirs}: there is no `{word}`"));
                for name in names {
                    assert!(params.iter().any(|param| param.name == name), "{theirs}: `{word}` has no `{name}`");
                }
            }
        }
    }
}
