//! The lock of a flow: the file that says which steps kept something when it was written, and where that file is.

use crate::words;
use proc_macro2::Span;
use std::io::ErrorKind;
use std::path::{Path, PathBuf, absolute};
use syn::LitStr;

/// The variable of the environment that keeps a lock from being read, so that a flow that does not fit it can be built to
/// renew it.
pub(crate) const VARIABLE: &str = "FLOWSTONE_LOCK";

/// How a lock is written anew.
pub(crate) const RENEW: &str = "`FLOWSTONE_LOCK=renew cargo run -- lock`";

/// Whether this build is there to renew the lock.
pub(crate) fn renewing() -> bool {
    std::env::var_os(VARIABLE).is_some_and(|value| value == "renew")
}

/// Where a lock is.
pub(crate) enum LockLocation {
    /// In the package, by its path from there: what is compiled then holds no path of the machine that compiles it.
    Package(String),
    /// Somewhere else.
    Elsewhere(String),
}

/// One step in a lock.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// `-` for a step that a function of the user's put in.
    pub(crate) word: String,
    /// As `Debug` writes it, with its quotes.
    pub(crate) id: String,
}

/// The place of the lock that is written `path` in an attribute: beside the source file, and where that is not known, in
/// the package.
pub(crate) fn place(path: &LitStr) -> LockLocation {
    let package = package();
    let folder = source(path.span()).and_then(|file| file.parent().map(Path::to_owned));
    let file = folder.unwrap_or_else(|| package.clone()).join(path.value());
    // Fails for an empty path alone, which the parser refuses.
    let file = absolute(&file).unwrap_or(file);
    match file.strip_prefix(&package) {
        Ok(inner) => LockLocation::Package(inner.display().to_string()),
        Err(_) => LockLocation::Elsewhere(file.display().to_string()),
    }
}

/// The steps in the lock at `path`, or what is wrong with it.
pub(crate) fn read(path: &LitStr) -> Result<Vec<Line>, String> {
    let file = match place(path) {
        LockLocation::Package(inner) => package().join(inner),
        LockLocation::Elsewhere(file) => file.into(),
    };
    let shown = path.value();
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no lock `{shown}` yet; write it with {RENEW}"),
        _ => format!("the lock `{shown}` cannot be read: {error}; write it again with {RENEW}"),
    })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let lines = lines.map(|(at, text)| {
        let place = || format!("line {} of the lock `{shown}` names no step; write it again with {RENEW}", at + 1);
        line(text).ok_or_else(place)
    });
    lines.collect()
}

/// `word "id" fingerprint`
fn line(text: &str) -> Option<Line> {
    let (word, rest) = text.split_once(' ')?;
    let end = words::end_of_quoted(rest)?;
    Some(Line { word: word.to_owned(), id: rest[..end].to_owned() })
}

/// The folder of the package that is compiled.
fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

/// The file that `span` is in; `None` outside of a compiler, and where the compiler does not tell.
fn source(span: Span) -> Option<PathBuf> {
    if proc_macro::is_available() { span.unwrap().local_file() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_word_and_an_id() {
        let of = |word: &str, id: &str| Some(Line { word: word.into(), id: id.into() });
        assert_eq!(line(r#"collect "a \"b\" \\" (str, [u64])"#), of("collect", r#""a \"b\" \\""#));
        assert_eq!(line(r#"- "" u64"#), of("-", r#""""#));
        for text in ["<<<<<<< HEAD", "collect", r#"collect "open"#, r#"collect "open\""#] {
            assert_eq!(line(text), None, "{text}");
        }
    }
}
