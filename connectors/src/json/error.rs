//! What is wrong with a line of JSON: [`JsonError`].

use crate::files::Text;
use crate::files::text::write_error;
use std::fmt;

/// What is wrong with a line of JSON, and where.
///
/// It prints as one short line: ``expected value at column 27, near `"user": }` ``.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonError(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    what: String,
    column: usize,
    near: String,
}

/// How many bytes an error shows of what was read, and of what comes behind.
const SHOWN: (usize, usize) = (24, 12);

impl JsonError {
    #[cold]
    pub(super) fn reading(error: &serde_json::Error, line: &str) -> JsonError {
        let mut what = what(error);
        let column = column(error, line);
        if line.trim_ascii().is_empty() {
            what = "the line is empty".to_owned();
        }
        let mut start = column.saturating_sub(SHOWN.0).min(line.len());
        while !line.is_char_boundary(start) {
            start += 1;
        }
        let mut end = (column + SHOWN.1).min(line.len());
        while !line.is_char_boundary(end) {
            end += 1;
        }
        let near = line.get(start..end).unwrap_or_default().replace(['\n', '\r'], " ");
        JsonError(Box::new(Inner { what, column, near }))
    }

    #[cold]
    pub(super) fn writing(error: &serde_json::Error) -> JsonError {
        JsonError(Box::new(Inner { what: what(error), column: 0, near: String::new() }))
    }

    /// The byte of the line at which reading stopped, counted from 1; 0 where there is none.
    #[must_use]
    pub fn column(&self) -> usize {
        self.0.column
    }
}

/// What serde_json says, without the place.
fn what(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(place) if error.line() > 0 => text[..place].to_owned(),
        _ => text,
    }
}

/// The column counted from the beginning of the text, even where that has line ends in it.
fn column(error: &serde_json::Error, text: &str) -> usize {
    let lines_before = error.line().saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(lines_before).map(str::len).sum();
    start + error.column()
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { what, column, near } = &*self.0;
        f.write_str(what)?;
        if *column > 0 {
            write!(f, " at column {column}")?;
        }
        if !near.is_empty() {
            write!(f, ", near `{near}`")?;
        }
        Ok(())
    }
}

impl fmt::Debug for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JsonError({self})")
    }
}

impl std::error::Error for JsonError {}

#[diagnostic::do_not_recommend]
impl Text for JsonError {
    const JOINED_BY: &'static str = ": ";

    fn write(&self, out: &mut String) {
        write_error(self, out);
    }
}
