//! Compile errors as the user sees them: what is said of each mistake, whether a reader can do something with it, and
//! the page of all mistakes.
//!
//! A mistake is a file `tests/ui/STEP/MISTAKE.rs`: on top what it is, how it is put right, and which feature it needs
//! (or which one must be off). Beside it stands what the compiler says. To write that anew, and then the page:
//!
//! ```text
//! TRYBUILD=overwrite cargo test --all-features --test ui
//! TRYBUILD=overwrite cargo test --no-default-features --test ui    (mistakes of features that are off)
//! UPDATE_EXPECT=1 cargo test --all-features --test ui
//! ```

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The most lines that the first error of a mistake may have.
const LINES: usize = 15;

/// What no message may show.
const INTERNAL: &[&str] =
    &["__private", "__flowstone", "{closure", "impl Fn", "impl Chain", "Staged<", "Reading<", "Stateful<"];

/// Mistakes over the budget, and why.
const OVER: &[(&str, &str)] = &[
    ("aggregate_final/collect_what_cannot_be_stored", "rustc shows the user's type, and the bound of `collect`"),
    ("aggregate_window/max_without_clone", "rustc shows the user's type, and the bound of `max`"),
    ("filter/not_a_bool", "rustc's own message, at the user's own token"),
    ("flow/errors_of_rustc_together", "three mistakes"),
    ("flow/five_mistakes", "five mistakes"),
    ("flow/half_written", "what is missing is not known yet"),
    ("input/iter_of_one", "`iter` says what it cannot read, and `input` that this is no source"),
    ("map/borrows_its_item", "rustc's own message, at the user's own token"),
    ("map/captures_mutably_by_method", "rustc's own message, at the user's own token"),
    ("map/function_of_another_type", "rustc's own message shows the function"),
    ("map/no_function", "rustc's own message shows the constant"),
    ("stateful/logic_of_another_key", "rustc shows the user's type, and the bound of `stateful`"),
    ("stateful/not_a_logic", "rustc shows the user's type, and the bound of `stateful`"),
    ("stateful/state_without_serialize", "rustc takes the bounds of an associated type apart, and reports each"),
    ("try_map/item_without_deserialize", "the bound is serde's, of `json::parse`"),
];

struct Case {
    /// `STEP/MISTAKE`
    name: String,
    file: PathBuf,
    title: String,
    feature: Option<String>,
    fix: String,
    /// The program without what is said on top of it, and without what it imports.
    code: String,
}

impl Case {
    fn read(file: &Path) -> Case {
        let text = fs::read_to_string(file).expect("a case can be read");
        let (top, code): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with("//!"));
        let top: Vec<_> = top.iter().map(|line| line.trim_start_matches("//!").trim()).collect();
        let said = |word: &str| top.iter().find_map(|line| line.strip_prefix(word)).map(str::trim).map(str::to_owned);
        let name = |part: &Path| part.file_stem().expect("a name").to_string_lossy().into_owned();
        let code = code.join("\n");
        let code = code.lines().filter(|line| !line.starts_with("use ") && *line != "fn main() {}");
        Case {
            name: format!("{}/{}", name(file.parent().expect("a folder")), name(file)),
            file: file.to_owned(),
            title: top.first().expect("a title").to_string(),
            feature: said("Needs the feature")
                .map(|text| text.trim_end_matches('.').trim_matches('`').replace("` ", " ")),
            fix: said("Fix:").expect("a fix"),
            code: code.collect::<Vec<_>>().join("\n").trim().to_owned(),
        }
    }

    fn step(&self) -> &str {
        self.name.split('/').next().expect("a step")
    }

    /// What mistakes have in common of which the same is said: the name of the mistake, and the first line.
    fn kind(&self) -> (String, String) {
        let mistake = self.name.rsplit('/').next().expect("a mistake");
        (mistake.to_owned(), self.errors()[0][0].clone())
    }

    /// Whether it can be compiled with the features that this test was compiled with.
    fn on(&self) -> bool {
        match self.feature.as_deref() {
            None => cfg!(feature = "json"),
            Some("parquet") => cfg!(feature = "parquet"),
            Some("parquet off") => !cfg!(feature = "parquet"),
            Some("json off") => !cfg!(feature = "json"),
            Some(other) => panic!("{}: say here how to know whether the feature `{other}` is on", self.name),
        }
    }

    /// What the compiler says.
    fn said(&self) -> String {
        let file = self.file.with_extension("stderr");
        fs::read_to_string(&file).unwrap_or_else(|_| panic!("{} has no message yet", self.name))
    }

    /// Its errors, one after the other.
    fn errors(&self) -> Vec<Vec<String>> {
        let mut errors: Vec<Vec<String>> = Vec::new();
        for line in self.said().lines().filter(|line| !line.is_empty()) {
            if line.starts_with("error") {
                errors.push(Vec::new());
            }
            errors.last_mut().expect("it begins with an error").push(line.to_owned());
        }
        errors
    }

    /// What is wrong with what is said.
    fn faults(&self) -> Vec<String> {
        let errors = self.errors();
        let mut faults = Vec::new();
        if errors.len() != 1 {
            faults.push(format!("{} errors", errors.len()));
        }
        let first = &errors[0];
        if first.len() > LINES {
            faults.push(format!("{} lines", first.len()));
        }
        let said = self.said();
        faults.extend(INTERNAL.iter().filter(|word| said.contains(**word)).map(|word| format!("shows `{word}`")));
        // The macro's own messages have the fix behind a semicolon.
        let helps = |line: &String| ["help:", "note:"].iter().any(|word| line.contains(word));
        if !first.iter().any(helps) && !first[0].contains("; ") {
            faults.push("no help".to_owned());
        }
        faults
    }
}

/// All cases, in the order of their names.
fn cases() -> Vec<Case> {
    let entries = |folder: &Path| {
        let entries = fs::read_dir(folder).expect("a folder can be listed");
        let mut entries: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        entries
    };
    let folders = entries(Path::new("tests/ui"));
    let files = folders.iter().flat_map(|folder| entries(folder));
    files.filter(|file| file.extension().is_some_and(|of| of == "rs")).map(|file| Case::read(&file)).collect()
}

#[test]
fn mistakes_are_told_as_expected() {
    let compiler = trybuild::TestCases::new();
    cases().iter().filter(|case| case.on()).for_each(|case| compiler.compile_fail(&case.file));
}

#[test]
fn messages_are_readable() {
    let cases = cases();
    let reason = |case: &Case| OVER.iter().find(|(name, _)| *name == case.name).map(|(_, reason)| *reason);
    let mut wrong = Vec::new();
    println!("{:<45} {:>6} {:>5} {:>10}", "mistake", "errors", "lines", "characters");
    for case in &cases {
        let errors = case.errors();
        let characters: usize = errors[0].iter().map(|line| line.chars().count()).sum();
        let faults = case.faults().join(", ");
        let over = match (faults.is_empty(), reason(case)) {
            (true, None) => String::new(),
            (false, Some(reason)) => format!("   {faults}: {reason}"),
            (true, Some(_)) => {
                wrong.push(format!("{} is not over the budget any more", case.name));
                String::new()
            }
            (false, None) => {
                wrong.push(format!("{}: {faults}", case.name));
                format!("   {faults}")
            }
        };
        println!("{:<45} {:>6} {:>5} {:>10}{over}", case.name, errors.len(), errors[0].len(), characters);
    }
    println!("{} mistakes, {} over the budget for a reason", cases.len(), OVER.len());
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_page_shows_every_mistake() {
    let mut page = String::from(
        "# Mistakes, and what the compiler says\n\n\
         Every mistake that the tests know, step by step: the code, the error, and how it is put right. `tests/ui.rs` writes\n\
         this page.\n",
    );
    let cases = cases();
    let (mut shown, mut heading) = (Vec::new(), "");
    for case in &cases {
        if shown.contains(&case.kind()) {
            continue;
        }
        shown.push(case.kind());
        if heading != case.step() {
            heading = case.step();
            write!(page, "\n## {heading}\n").expect("text");
        }
        let feature = case.feature.iter().map(|feature| match feature.strip_suffix(" off") {
            Some(feature) => format!(" (without the feature `{feature}`)"),
            None => format!(" (feature `{feature}`)"),
        });
        let feature = feature.collect::<String>();
        let said: Vec<_> = case.errors().iter().map(|error| told(error)).collect();
        let (title, code, said, fix) = (case.title.trim_end_matches('.'), &case.code, said.join("\n\n"), &case.fix);
        write!(page, "\n### {title}{feature}\n\n```rust\n{code}\n```\n```text\n{said}\n```\nFix: {fix}\n")
            .expect("text");
        let same = cases.iter().filter(|other| other.kind() == case.kind() && other.name != case.name);
        let same: Vec<_> = same.map(|other| format!("`{}`", other.step())).collect();
        if !same.is_empty() {
            write!(page, "\nThe same is said at {}.\n", same.join(", ")).expect("text");
        }
    }
    expect_test::expect_file!["../docs/mistakes.md"].assert_eq(&page);
}

/// An error without places in files, which say nothing to the reader of the page.
fn told(error: &[String]) -> String {
    let end = error.iter().position(|line| line.starts_with("note: required by")).unwrap_or(error.len());
    let lines = error[..end].iter().filter(|line| !line.trim_start().starts_with("--> "));
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}
