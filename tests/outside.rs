//! A crate of its own, outside of this workspace, that depends on `flowstone` by path: it compiles a flow over types of
//! its own and runs it.

#![allow(clippy::unwrap_used, reason = "a test that fails is to say where")]

use std::path::Path;
use std::process::Command;

/// Writes the crate `name`, and runs its program with `args`; its output.
fn run(name: &str, features: &str, program: &str, args: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // In the target directory, so that what is built for it is found again; with a workspace of its own.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.join(name);
    let _ = std::fs::remove_dir_all(&folder);
    let manifest = format!(
        r#"
            [package]
            name = "{name}"
            version = "0.1.0"
            edition = "2024"

            [dependencies]
            flowstone = {{ path = {root:?}, {features} }}
            serde = {{ version = "1", features = ["derive"] }}

            [profile.dev]
            debug = "line-tables-only"

            [workspace]
        "#
    );
    std::fs::create_dir_all(folder.join("src")).unwrap();
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // The same versions as here, which have been downloaded by now.
    std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    std::fs::write(folder.join("src/main.rs"), program).unwrap();

    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("FLOWSTONE_") || name.starts_with("CARGO_PKG_") || name.starts_with("RUSTC_W") {
            cargo.env_remove(variable);
        }
    }
    let done = cargo
        .args(["run", "--offline", "--quiet", "--"])
        .args(args)
        .current_dir(&folder)
        // Dependencies that were built for the tests are not built again: the profile is the same.
        .env("CARGO_TARGET_DIR", target.parent().unwrap())
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .unwrap();
    let (out, err) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert!(done.status.success(), "{out}\n{err}");
    out
}

const PLAIN: &str = r#"
use flowstone::prelude::*;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a reading comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Room {
    Attic,
    Cellar,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Reading {
    room: Room,
    degrees: i32,
}

/// A parameter of a type of one's own.
#[derive(Debug, Clone)]
struct Limit(i32);

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Limit, String> {
        text.parse().map(Limit).map_err(|_| format!("`{text}` is no limit"))
    }
}

dataflow! {
    /// Says which rooms were warm, and how often.
    flow warm_rooms(limit: Limit) {
        readings: Reading = input("readings", per_worker(|worker, workers| readings().skip(worker).step_by(workers)));
        warm = readings -> filter("warm", |reading| reading.degrees > limit.0);
        warm
            -> key_on("room", |reading| reading.room)
            -> map_value("degrees", |reading| reading.degrees)
            -> reduce_final("sum", |a, b| a + b)
            -> map("line", |(room, sum)| format!("{room:?} {sum}"))
            -> output("out", StdoutSink::new());
    }
}

fn readings() -> impl Iterator<Item = Reading> {
    (0..100).map(|n| Reading { room: if n % 3 == 0 { Room::Attic } else { Room::Cellar }, degrees: n })
}

fn main() -> flowstone::Exit {
    warm_rooms::main()
}
"#;

fn sorted(out: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = out.lines().collect();
    lines.sort();
    lines
}

#[test]
fn without_features() {
    let out = run("outside-plain", "default-features = false", PLAIN, &["--limit", "90", "-w", "2"]);
    // 93, 96 and 99 in the attic; 91, 92, 94, 95, 97 and 98 in the cellar.
    assert_eq!(sorted(&out), ["Attic 288", "Cellar 567"]);
}

#[cfg(feature = "parquet")]
const PARQUET: &str = r#"
use flowstone::prelude::*;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

#[derive(Record, Debug, Clone, Serialize, Deserialize)]
struct Reading {
    room: String,
    degrees: i32,
    note: Option<String>,
}

dataflow! {
    flow write(dir: PathBuf) {
        input("readings", iter(readings())) -> output("out", ParquetSink::<Reading>::new(dir).partition_by(|reading| reading.room));
    }

    flow read(dir: PathBuf) {
        input("readings", ParquetSource::<Reading>::new(dir))
            -> key_on("room", |reading| reading.room.clone())
            -> map_value("degrees", |reading| (reading.degrees, usize::from(reading.note.is_some())))
            -> reduce_final("sum", |a, b| (a.0 + b.0, a.1 + b.1))
            -> map("line", |(room, (degrees, notes))| format!("{room} {degrees} {notes}"))
            -> output("out", StdoutSink::new());
    }
}

fn readings() -> Vec<Reading> {
    let room = |n: i32| if n % 3 == 0 { "attic" } else { "cellar" }.to_string();
    (0..100).map(|n| Reading { room: room(n), degrees: n, note: (n < 10).then(|| "cold".to_string()) }).collect()
}

fn main() -> flowstone::Exit {
    let dir = PathBuf::from("readings");
    let config = Config::default().workers(2);
    let written = write(dir.clone()).run(&config);
    written.and_then(|_| read(dir).run(&config)).into()
}
"#;

#[cfg(feature = "parquet")]
#[test]
fn with_parquet() {
    let out = run("outside-parquet", r#"features = ["parquet"]"#, PARQUET, &[]);
    assert_eq!(sorted(&out), ["attic 1683 4", "cellar 3267 6"]);
}
