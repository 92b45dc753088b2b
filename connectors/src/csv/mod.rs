//! CSV files: [`CsvSource`] reads rows into any serde type, [`CsvSink`] writes them.

mod error;
mod sink;
mod source;

pub use error::BadRow;
pub use sink::{CsvRows, CsvSink};
pub use source::{CsvPosition, CsvReader, CsvSource, StrictCsvReader, StrictCsvSource};
