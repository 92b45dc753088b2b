//! What a flow has committed, in a form in which two right runs are the same.

use std::collections::BTreeMap;
use std::path::Path;

/// The rows of `flow` under `out`, sorted, without what legitimately differs.
pub(crate) fn committed(flow: &str, parts: u64, out: &Path) -> Vec<String> {
    let mut rows = Vec::new();
    read(out, &mut rows);
    let mut rows = match flow.split_once('_') {
        Some(("wall", _)) => by_the_clock(rows),
        Some(("event", _)) => {
            // How often there is an early value depends on how long a run takes.
            rows.retain(|row| row.split(' ').nth(2) != Some("Early"));
            rows
        }
        // Which of several sessions of a key is met first depends on which part is read first.
        Some(("mark" | "join", "session")) if parts > 1 || flow.starts_with("join") => {
            rows.iter().map(|row| row.split(" #").next().unwrap_or(row).to_owned()).collect()
        }
        _ => rows,
    };
    rows.sort_unstable();
    rows
}

fn read(folder: &Path, rows: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        } else if path.is_dir() {
            read(&path, rows);
        } else {
            rows.extend(std::fs::read_to_string(path).unwrap().lines().map(String::from));
        }
    }
}

/// When a value comes is left to chance: what counts is that it is in as many windows as it should be.
fn by_the_clock(rows: Vec<String>) -> Vec<String> {
    let mut plain = Vec::new();
    let mut sums = BTreeMap::<(String, String), (u64, u64)>::new();
    for row in rows {
        let mut fields = row.split(' ');
        let (Some(step), Some(key)) = (fields.next(), fields.next()) else {
            plain.push(row);
            continue;
        };
        let value = row.split(" = ").nth(1).and_then(|value| value.split(" #").next()).unwrap_or_default();
        let numbers: Vec<u64> =
            value.split(|c: char| !c.is_ascii_digit() && c != '.').filter_map(|number| number.parse().ok()).collect();
        let sum = sums.entry((step.to_owned(), key.to_owned()));
        match (step, numbers.as_slice()) {
            ("collect" | "fold" | "window", numbers) => {
                plain.extend(numbers.iter().map(|number| format!("{step} {key} {number}")));
            }
            ("count", [count]) => sum.or_default().0 += count,
            ("reduce" | "aggregate", [first, second, ..]) => {
                let sum = sum.or_default();
                *sum = (sum.0 + first, sum.1 + second);
            }
            ("max" | "min", [_, _]) => {
                let [number, seq] = numbers[..] else { continue };
                let best = sum.or_insert((number, seq));
                *best = if step == "max" { (*best).max((number, seq)) } else { (*best).min((number, seq)) };
            }
            _ => plain.push(row),
        }
    }
    plain.extend(sums.into_iter().map(|((step, key), sums)| format!("{step} {key} {sums:?}")));
    plain
}

/// The first rows that are in one of two sorted lists only.
pub(crate) fn difference(expected: &[String], found: &[String], most: usize) -> Vec<String> {
    let (mut at, mut other) = (0, 0);
    let mut lines = Vec::new();
    while lines.len() < most && (at < expected.len() || other < found.len()) {
        match (expected.get(at), found.get(other)) {
            (Some(a), Some(b)) if a == b => (at, other) = (at + 1, other + 1),
            (Some(a), Some(b)) if a < b => {
                lines.push(format!("- {a}"));
                at += 1;
            }
            (Some(a), None) => {
                lines.push(format!("- {a}"));
                at += 1;
            }
            (_, Some(b)) => {
                lines.push(format!("+ {b}"));
                other += 1;
            }
            (None, None) => {}
        }
    }
    lines
}
