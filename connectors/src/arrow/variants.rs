//! Columns of enums without fields: dictionaries of the variants' names.

use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowDictionaryKeyType, ArrowPrimitiveType, Int8Type, Int16Type};
use arrow_array::{ArrayRef, DictionaryArray, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader};
use super::nulls::Nulls;
use super::number::{Numbers, integers};
use super::text::TextReader;

/// An enum without fields. `#[derive(Record)]` implements it, and [`Field`](super::Field) with it.
pub trait Variants: Sized + 'static {
    /// The variants' names, in their order.
    const NAMES: &'static [&'static str];

    /// Which variant this is, counted from 0.
    fn index(&self) -> usize;

    /// The variant at `index`.
    fn at(index: usize) -> Option<Self>;
}

/// The number of a variant as the key of a dictionary.
pub trait Key: ArrowDictionaryKeyType {
    /// `index` as a key, which it fits in.
    fn key(index: usize) -> Self::Native;
}

impl Key for Int8Type {
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn key(index: usize) -> i8 {
        index as i8
    }
}

impl Key for Int16Type {
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn key(index: usize) -> i16 {
        index as i16
    }
}

/// Builds a column of variants. The derive sees to it that their number fits in `K`.
pub struct Named<E, K: ArrowPrimitiveType>(Numbers<K>, PhantomData<fn(E)>);

impl<E: Variants, K: Key> ColumnBuilder for Named<E, K> {
    fn data_type() -> DataType {
        DataType::Dictionary(Box::new(K::DATA_TYPE), Box::new(DataType::Utf8))
    }

    fn with_capacity(rows: usize) -> Self {
        Named(Numbers::with_capacity(rows), PhantomData)
    }

    fn append_null(&mut self) {
        self.0.append_null();
    }

    fn bytes(&self) -> usize {
        self.0.bytes()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let names = Arc::new(StringArray::from_iter_values(E::NAMES));
        Ok(Arc::new(DictionaryArray::<K>::try_new(self.0.take(nulls), names)?))
    }
}

impl<E: Variants, K: Key> Append<E> for Named<E, K> {
    #[inline]
    fn append(&mut self, value: &E) {
        self.0.push(K::key(value.index()));
    }
}

impl<E, K: ArrowPrimitiveType> std::fmt::Debug for Named<E, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Named({})", self.0.len())
    }
}

/// Reads a column of variants, from a dictionary or from text.
#[derive(Debug)]
pub struct VariantReader<E> {
    /// The variants of the dictionary's values; without a dictionary, those of the rows.
    variants: Vec<Option<usize>>,
    names: TextReader,
    /// Where the rows' variants are, with a dictionary.
    keys: Option<Vec<usize>>,
    nulls: Nulls,
    of: PhantomData<fn() -> E>,
}

impl<E: Variants> ColumnReader<E> for VariantReader<E> {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        let nulls = Nulls::of(array);
        let (names, keys) = match array.as_any_dictionary_opt() {
            Some(dictionary) => {
                let keys: ArrayRef = arrow_array::make_array(dictionary.keys().to_data());
                let keys = integers::<arrow_array::types::Int64Type>(&keys)?;
                let len = arrow_array::Array::len(dictionary);
                // A null has no key, and is never asked for.
                let keys =
                    (0..len).map(|row| keys.value(row).ok().and_then(|key| usize::try_from(key).ok()).unwrap_or(0));
                (TextReader::new(dictionary.values())?, Some(keys.collect()))
            }
            None => (TextReader::new(array)?, None),
        };
        let variants = (0..names.len()).map(|row| {
            let name = names.text(row).ok()?;
            E::NAMES.iter().position(|known| *known == name)
        });
        Ok(VariantReader { variants: variants.collect(), names, keys, nulls, of: PhantomData })
    }

    fn get(&self, row: usize) -> Result<E, ColumnError> {
        self.nulls.forbid(row)?;
        let index = self.keys.as_ref().map_or(row, |keys| keys[row]);
        match self.variants[index].and_then(E::at) {
            Some(variant) => Ok(variant),
            None => {
                let name = self.names.text(index)?;
                let what = format!("`{name}` is none of the variants `{}`", E::NAMES.join("`, `"));
                Err(ColumnError::value(row, what))
            }
        }
    }
}
