//! Whether a dictionary pays for a column, judged by some of its rows.

use std::hash::{BuildHasher, Hash};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, GenericByteArray, types::ByteArrayType};
use arrow_schema::DataType;
use foldhash::fast::FixedState;
use hashbrown::HashTable;

/// How many rows are looked at.
const ROWS: usize = 4096;
/// With fewer rows than this nothing can be said.
const ENOUGH: usize = 256;
/// A dictionary larger than this is given up by the writer, after all the work of building it.
const LIMIT: usize = 1 << 20;

/// True where a dictionary of `column` pays: its values repeat so often that all of them fit into one.
///
/// Of `n` values taken from `d` different ones about `n² / 2d` meet one that was there before. So the number of repeats in
/// a sample tells how many different values there are in all.
pub(crate) fn repeats(column: &ArrayRef) -> bool {
    let rows = column.len().min(ROWS);
    if rows < ENOUGH {
        return true;
    }
    let Some((different, bytes)) = count(&column.slice(0, rows)) else { return true };
    let repeated = rows - different;
    let all = rows.saturating_mul(rows) / (2 * repeated).max(1);
    let width = bytes / rows + 1;
    different * 10 <= rows * 9 && all.saturating_mul(width) <= LIMIT
}

/// How many different values there are, and how many bytes all take. None for columns that a dictionary is no question for.
fn count(column: &ArrayRef) -> Option<(usize, usize)> {
    fn bytes<T: ByteArrayType>(array: &GenericByteArray<T>) -> (usize, usize)
    where
        T::Native: AsRef<[u8]>,
    {
        let values = (0..array.len()).map(|row| AsRef::<[u8]>::as_ref(array.value(row)));
        let different = distinct(values.clone());
        (different, values.map(<[u8]>::len).sum())
    }
    Some(match column.data_type() {
        DataType::Utf8 => bytes(column.as_string::<i32>()),
        DataType::LargeUtf8 => bytes(column.as_string::<i64>()),
        DataType::Binary => bytes(column.as_binary::<i32>()),
        DataType::LargeBinary => bytes(column.as_binary::<i64>()),
        other => {
            let width = other.primitive_width()?;
            let data = column.to_data();
            let values = data.buffers().first()?.as_slice().get(data.offset() * width..)?;
            (distinct(values.chunks_exact(width).take(column.len())), width * column.len())
        }
    })
}

fn distinct<T: Hash + Eq>(values: impl Iterator<Item = T>) -> usize {
    let hasher = FixedState::default();
    let mut seen: HashTable<u64> = HashTable::with_capacity(ROWS);
    for value in values {
        let hash = hasher.hash_one(value);
        seen.entry(hash, |seen| *seen == hash, |hash| *hash).or_insert(hash);
    }
    seen.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::{Int64Array, StringArray};
    use std::sync::Arc;

    fn numbers(rows: i64, different: i64) -> ArrayRef {
        // A permutation of the residues, so that repeats come about as by chance.
        Arc::new(Int64Array::from_iter_values((0..rows).map(|row| row * 7_919 * row % different)))
    }

    #[test]
    fn near_unique_columns_have_no_dictionary() {
        assert!(repeats(&numbers(5000, 50)));
        assert!(!repeats(&(Arc::new(Int64Array::from_iter_values(0..5000)) as ArrayRef)));
        let texts = |different: usize| -> ArrayRef {
            Arc::new(StringArray::from_iter_values((0..5000).map(|row| format!("{:036}", row * row % different))))
        };
        assert!(repeats(&texts(97)));
        assert!(!repeats(&texts(999_983)));
    }

    #[test]
    fn a_few_rows_say_nothing() {
        assert!(repeats(&(Arc::new(Int64Array::from_iter_values(0..100)) as ArrayRef)));
    }
}
