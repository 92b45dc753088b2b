//! What can be wrong with a column: [`ColumnError`].

use std::fmt;

use arrow_schema::{ArrowError, DataType};

/// What is wrong with a column of a record, and which one: `geo.country` for a column of a nested record.
#[derive(Debug)]
pub struct ColumnError {
    column: String,
    kind: Box<Kind>,
}

#[derive(Debug)]
enum Kind {
    Missing { found: Vec<String> },
    Type { wants: String, found: String },
    Null { row: usize },
    Value { row: usize, what: String },
    TooLong,
    Arrow(ArrowError),
}

impl ColumnError {
    /// There is no such column; `found` are those there are.
    #[must_use]
    pub fn missing(column: &str, found: Vec<String>) -> ColumnError {
        ColumnError { column: column.to_owned(), kind: Box::new(Kind::Missing { found }) }
    }

    /// The column holds `found`, and the field `wants` something else.
    #[must_use]
    pub fn mismatch(wants: impl Into<String>, found: &DataType) -> ColumnError {
        ColumnError::of(Kind::Type { wants: wants.into(), found: type_name(found) })
    }

    /// There is a null in `row`, and the field is no `Option`.
    #[cold]
    #[must_use]
    pub fn null(row: usize) -> ColumnError {
        ColumnError::of(Kind::Null { row })
    }

    /// The value in `row` does not fit the field.
    #[cold]
    #[must_use]
    pub fn value(row: usize, what: impl Into<String>) -> ColumnError {
        ColumnError::of(Kind::Value { row, what: what.into() })
    }

    /// The column has grown past what one Arrow array can hold.
    #[must_use]
    pub fn too_long() -> ColumnError {
        ColumnError::of(Kind::TooLong)
    }

    fn of(kind: Kind) -> ColumnError {
        ColumnError { column: String::new(), kind: Box::new(kind) }
    }

    /// Says that the error is in a column within the column `name`, or in that column itself.
    #[must_use]
    pub fn within(mut self, name: &str) -> ColumnError {
        self.column = match self.column.as_str() {
            "" => name.to_owned(),
            inner => format!("{name}.{inner}"),
        };
        self
    }

    /// The column's name, with those of the records it is in before it, as in `geo.country`.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }
}

impl From<ArrowError> for ColumnError {
    fn from(error: ArrowError) -> Self {
        ColumnError::of(Kind::Arrow(error))
    }
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = &self.column;
        match &*self.kind {
            Kind::Missing { found } if found.is_empty() => write!(f, "there is no column `{column}`, nor any other"),
            Kind::Missing { found } => {
                write!(f, "there is no column `{column}`; there are `{}`", found.join("`, `"))
            }
            Kind::Type { wants, found } => write!(f, "column `{column}` holds {found}, and the field takes {wants}"),
            Kind::Null { row } => {
                write!(f, "column `{column}` has a null in row {row}, and the field is not an `Option`")
            }
            Kind::Value { row, what } => write!(f, "column `{column}`, row {row}: {what}"),
            Kind::TooLong => write!(f, "column `{column}` has grown past 2 GiB in one batch"),
            Kind::Arrow(_) if column.is_empty() => f.write_str("the columns make no batch"),
            Kind::Arrow(_) => write!(f, "column `{column}` cannot be used"),
        }
    }
}

impl std::error::Error for ColumnError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.kind {
            Kind::Arrow(error) => Some(error),
            _ => None,
        }
    }
}

/// A data type as its users call it: a nested one without its parts.
fn type_name(found: &DataType) -> String {
    match found {
        DataType::Struct(_) => "structs".to_owned(),
        DataType::List(_) | DataType::LargeList(_) => "lists".to_owned(),
        other => other.to_string(),
    }
}
