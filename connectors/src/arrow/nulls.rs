//! Where a column has nulls, and how an array in a dictionary is laid out flat.

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::error::ColumnError;

/// The rows in which a column holds nothing.
#[derive(Debug, Clone)]
pub(crate) struct Nulls(Option<NullBuffer>);

impl Nulls {
    /// Those of `array`, left out where there are none, so that asking for one costs nothing.
    pub(crate) fn of(array: &dyn Array) -> Nulls {
        Nulls(array.logical_nulls().filter(|nulls| nulls.null_count() > 0))
    }

    /// True where `row` holds nothing.
    pub(crate) fn at(&self, row: usize) -> bool {
        self.0.as_ref().is_some_and(|nulls| nulls.is_null(row))
    }

    /// Fails where `row` holds nothing.
    pub(crate) fn forbid(&self, row: usize) -> Result<(), ColumnError> {
        if self.at(row) { Err(ColumnError::null(row)) } else { Ok(()) }
    }
}

/// `array` without a dictionary.
pub(crate) fn flat(array: &ArrayRef) -> Result<ArrayRef, ColumnError> {
    match array.data_type() {
        DataType::Dictionary(_, _) => {
            let dictionary = array.as_any_dictionary();
            Ok(arrow_select::take::take(dictionary.values(), dictionary.keys(), None)?)
        }
        _ => Ok(array.clone()),
    }
}
