//! A row of CSV that cannot be read: [`BadRow`].

use crate::files::Text;
use crate::files::text::write_error;
use csv::{ByteRecord, DeserializeErrorKind, Error, ErrorKind};
use std::fmt;

/// A row that cannot be read, and why.
///
/// It prints as one line: ``prices.csv line 3: column `cents`: invalid digit found in string, in `tea,3x` ``.
#[derive(Clone, PartialEq, Eq)]
pub struct BadRow(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    file: String,
    line: u64,
    what: String,
    row: String,
}

impl BadRow {
    #[cold]
    pub(super) fn new(
        file: &str,
        line: u64,
        error: &Error,
        columns: Option<&ByteRecord>,
        row: &ByteRecord,
        delimiter: u8,
    ) -> BadRow {
        let fields: Vec<_> = row.iter().map(String::from_utf8_lossy).collect();
        BadRow(Box::new(Inner {
            file: file.to_owned(),
            line,
            what: what(error, columns),
            row: fields.join(&char::from(delimiter).to_string()),
        }))
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.0.file
    }

    /// The line of the file at which the row begins, counted from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.0.line
    }

    /// The fields of the row, without quotes.
    #[must_use]
    pub fn row(&self) -> &str {
        &self.0.row
    }
}

fn what(error: &Error, columns: Option<&ByteRecord>) -> String {
    let column = |index: u64| {
        let name = columns.and_then(|columns| columns.get(usize::try_from(index).ok()?));
        match name {
            Some(name) => format!("column `{}`", String::from_utf8_lossy(name)),
            None => format!("column {}", index + 1),
        }
    };
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("{len} fields where {expected_len} are expected")
        }
        ErrorKind::Utf8 { .. } => "the row is not UTF-8".to_owned(),
        ErrorKind::Deserialize { err, .. } => {
            let what = match err.kind() {
                DeserializeErrorKind::Message(text) | DeserializeErrorKind::Unsupported(text) => text.clone(),
                DeserializeErrorKind::UnexpectedEndOfRow => "the row has too few fields".to_owned(),
                DeserializeErrorKind::InvalidUtf8(_) => "the text is not UTF-8".to_owned(),
                DeserializeErrorKind::ParseBool(error) => error.to_string(),
                DeserializeErrorKind::ParseInt(error) => error.to_string(),
                DeserializeErrorKind::ParseFloat(error) => error.to_string(),
            };
            match err.field() {
                Some(index) => format!("{}: {what}", column(index)),
                None => what,
            }
        }
        _ => error.to_string(),
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { file, line, what, row } = &*self.0;
        write!(f, "{file} line {line}: {what}, in `{row}`")
    }
}

impl fmt::Debug for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BadRow({self})")
    }
}

impl std::error::Error for BadRow {}

#[diagnostic::do_not_recommend]
impl Text for BadRow {
    const JOINED_BY: &'static str = ": ";

    fn write(&self, out: &mut String) {
        write_error(self, out);
    }
}
