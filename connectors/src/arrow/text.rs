//! Columns of text: `String`, `&str`, and what wraps them.

use std::borrow::Cow;
use std::marker::PhantomData;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::error::ColumnError;
use super::field::{Append, ColumnBuilder, ColumnReader, Field, ListItem, Unreadable};
use super::nulls::{Nulls, flat};

/// Builds a column of text.
#[derive(Debug)]
pub struct Text {
    bytes: Vec<u8>,
    /// Where each value ends, after the 0 at which the first one starts.
    offsets: Vec<i32>,
}

impl Text {
    /// Room for text of this many bytes a value.
    const GUESS: usize = 16;

    fn new(rows: usize, bytes: usize) -> Text {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Text { bytes: Vec::with_capacity(bytes), offsets }
    }

    /// Only the last offset is checked, in `finish`: as they never fall, all fit where the last one does.
    #[inline]
    #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
    fn end(&mut self) {
        self.offsets.push(self.bytes.len() as i32);
    }
}

impl ColumnBuilder for Text {
    fn data_type() -> DataType {
        DataType::Utf8
    }

    fn with_capacity(rows: usize) -> Self {
        Text::new(rows, rows * Text::GUESS)
    }

    fn append_null(&mut self) {
        self.end();
    }

    fn bytes(&self) -> usize {
        self.bytes.len() + size_of::<i32>() * self.offsets.len()
    }

    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef, ColumnError> {
        let anew = Text::new(self.offsets.len() - 1, self.bytes.len());
        let Text { bytes, offsets } = std::mem::replace(self, anew);
        if i32::try_from(bytes.len()).is_err() {
            return Err(ColumnError::too_long());
        }
        // SAFETY: the offsets start at 0 and never fall, since each is the length of a vector that only grew, and that
        // length fits into an `i32` as has just been checked. Values are appended whole, from `str`s: each range
        // between two offsets is UTF-8.
        let array = unsafe {
            let offsets = OffsetBuffer::new_unchecked(ScalarBuffer::from(offsets));
            StringArray::new_unchecked(offsets, Buffer::from_vec(bytes), nulls)
        };
        Ok(Arc::new(array))
    }
}

impl<T: AsRef<str> + ?Sized> Append<T> for Text {
    #[inline]
    fn append(&mut self, value: &T) {
        self.bytes.extend_from_slice(value.as_ref().as_bytes());
        self.end();
    }
}

/// Reads a column of text, in whichever of Arrow's layouts it is.
#[derive(Debug)]
pub struct TextReader {
    texts: Texts,
    nulls: Nulls,
}

#[derive(Debug)]
enum Texts {
    Small(StringArray),
    Large(LargeStringArray),
    View(StringViewArray),
}

impl TextReader {
    pub(crate) fn new(array: &ArrayRef) -> Result<TextReader, ColumnError> {
        let array = flat(array)?;
        let texts = match array.data_type() {
            DataType::Utf8 => Texts::Small(array.as_string().clone()),
            DataType::LargeUtf8 => Texts::Large(array.as_string().clone()),
            DataType::Utf8View => Texts::View(array.as_string_view().clone()),
            other => return Err(ColumnError::mismatch("text (Utf8)", other)),
        };
        Ok(TextReader { texts, nulls: Nulls::of(&array) })
    }

    pub(crate) fn len(&self) -> usize {
        match &self.texts {
            Texts::Small(array) => array.len(),
            Texts::Large(array) => array.len(),
            Texts::View(array) => array.len(),
        }
    }

    /// The text in `row`.
    #[inline]
    pub(crate) fn text(&self, row: usize) -> Result<&str, ColumnError> {
        self.nulls.forbid(row)?;
        Ok(match &self.texts {
            Texts::Small(array) => array.value(row),
            Texts::Large(array) => array.value(row),
            Texts::View(array) => array.value(row),
        })
    }
}

/// A column of text whose values are of a type that wraps text: `#[record(as_text)]` on the field.
///
/// To be written the type is [`AsRef<str>`](AsRef), to be read [`From<String>`](From).
#[derive(Debug)]
pub struct AsText<T>(PhantomData<T>);

impl<T: AsRef<str>> Field<T> for AsText<T> {
    type Builder = Text;
    type Reader = AsTextReader;
}

impl<T: AsRef<str>> ListItem<T> for AsText<T> {}

/// Reads a column of values that wrap text.
#[derive(Debug)]
pub struct AsTextReader(TextReader);

impl<T: From<String>> ColumnReader<T> for AsTextReader {
    fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
        TextReader::new(array).map(AsTextReader)
    }

    fn get(&self, row: usize) -> Result<T, ColumnError> {
        self.0.text(row).map(|text| T::from(text.to_owned()))
    }
}

macro_rules! texts {
    ($(($($lifetime:lifetime)?) $text:ty, $reader:ty;)*) => {$(
        impl$(<$lifetime>)? Field for $text {
            type Builder = Text;
            type Reader = $reader;
        }

        impl$(<$lifetime>)? ListItem for $text {}
    )*};
}

texts! {
    () String, TextReader;
    () Box<str>, TextReader;
    () Arc<str>, TextReader;
    ('a) &'a str, Unreadable;
    ('a) Cow<'a, str>, TextReader;
}

macro_rules! read {
    ($($text:ty, $read:expr;)*) => {$(
        impl ColumnReader<$text> for TextReader {
            fn open(array: &ArrayRef) -> Result<Self, ColumnError> {
                TextReader::new(array)
            }

            #[inline]
            fn get(&self, row: usize) -> Result<$text, ColumnError> {
                self.text(row).map($read)
            }
        }
    )*};
}

read! {
    String, str::to_owned;
    Box<str>, Box::from;
    Arc<str>, Arc::from;
    Cow<'static, str>, |text| Cow::Owned(text.to_owned());
}
