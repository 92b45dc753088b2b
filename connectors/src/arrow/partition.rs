//! Columns that files can be partitioned by: [`Col`] names one, [`PartitionBy`] some.

use std::borrow::Cow;
use std::fmt::Write;
use std::marker::PhantomData;
use std::sync::Arc;

use chrono::NaiveDate;

use super::field::Field;
use super::text::AsText;

/// A column of the record `R` whose field is a `T`; `F` says how it is a column.
///
/// [`Record::columns`](super::Record::columns) has one for each.
pub struct Col<R, T, F = T> {
    name: &'static str,
    get: fn(&R) -> &T,
    of: PhantomData<fn(F)>,
}

impl<R, T, F> Col<R, T, F> {
    /// The column `name`, which is the field that `get` gets.
    #[must_use]
    pub const fn new(name: &'static str, get: fn(&R) -> &T) -> Self {
        Col { name, get, of: PhantomData }
    }

    /// The column's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

impl<R, T, F> Clone for Col<R, T, F> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T, F> Copy for Col<R, T, F> {}

impl<R, T, F> std::fmt::Debug for Col<R, T, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Col({})", self.name)
    }
}

/// A column that a directory can be named by.
#[diagnostic::on_unimplemented(
    message = "a directory cannot be named by a column of `{Self}`",
    label = "partitions are named by text, integers, `bool`, dates and enums",
    note = "add a column that holds what the directories are to be called: a year, a day, a name"
)]
pub trait PartitionValue<T: ?Sized = Self>: Field<T> {
    /// Appends the value's text to `text`. False for a null, which has none.
    fn write(value: &T, text: &mut String) -> bool;

    /// Appends bytes to `key` that tell this value from any other, whatever comes after them.
    fn key(value: &T, key: &mut Vec<u8>);
}

/// One or more columns of `R`: a [`Col`], a tuple or an array of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` names no columns of `{R}`",
    label = "not a column, nor a tuple of columns",
    note = "name them by the fields of the closure's argument: `|columns| (columns.year, columns.month)`"
)]
pub trait PartitionBy<R>: Send + Sync + 'static {
    /// Calls `each` with the columns' names.
    fn names(&self, each: &mut dyn FnMut(&'static str));

    /// Appends bytes to `key` that are the same for rows of one partition, and others for those of another.
    fn key(&self, row: &R, key: &mut Vec<u8>);

    /// Calls `each` with the columns' names and the text of their values, `None` for a null.
    fn values(&self, row: &R, each: &mut dyn FnMut(&'static str, Option<&str>));
}

impl<R: 'static, T: 'static, F: PartitionValue<T> + 'static> PartitionBy<R> for Col<R, T, F> {
    fn names(&self, each: &mut dyn FnMut(&'static str)) {
        each(self.name);
    }

    #[inline]
    fn key(&self, row: &R, key: &mut Vec<u8>) {
        F::key((self.get)(row), key);
    }

    fn values(&self, row: &R, each: &mut dyn FnMut(&'static str, Option<&str>)) {
        let mut text = String::new();
        let some = F::write((self.get)(row), &mut text);
        each(self.name, some.then_some(&text));
    }
}

impl<R, P: PartitionBy<R>, const N: usize> PartitionBy<R> for [P; N] {
    fn names(&self, each: &mut dyn FnMut(&'static str)) {
        self.iter().for_each(|column| column.names(each));
    }

    fn key(&self, row: &R, key: &mut Vec<u8>) {
        self.iter().for_each(|column| column.key(row, key));
    }

    fn values(&self, row: &R, each: &mut dyn FnMut(&'static str, Option<&str>)) {
        self.iter().for_each(|column| column.values(row, each));
    }
}

macro_rules! tuples {
    ($(($($part:ident $index:tt)*))*) => {$(
        impl<R, $($part: PartitionBy<R>),*> PartitionBy<R> for ($($part,)*) {
            fn names(&self, each: &mut dyn FnMut(&'static str)) {
                $(self.$index.names(each);)*
            }

            #[inline]
            fn key(&self, row: &R, key: &mut Vec<u8>) {
                $(self.$index.key(row, key);)*
            }

            fn values(&self, row: &R, each: &mut dyn FnMut(&'static str, Option<&str>)) {
                $(self.$index.values(row, each);)*
            }
        }
    )*};
}

tuples! {
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}

/// Appends text to a key: its length first, so that no two rows of text run together.
#[inline]
pub(crate) fn text_key(text: &str, key: &mut Vec<u8>) {
    key.extend_from_slice(&text.len().to_ne_bytes());
    key.extend_from_slice(text.as_bytes());
}

fn write(value: impl std::fmt::Display, text: &mut String) -> bool {
    // Writing into a `String` never fails.
    let _ = write!(text, "{value}");
    true
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl PartitionValue for $integer {
            fn write(value: &$integer, text: &mut String) -> bool {
                write(value, text)
            }

            #[inline]
            fn key(value: &$integer, key: &mut Vec<u8>) {
                key.extend_from_slice(&value.to_ne_bytes());
            }
        }
    )*};
}

integers! { i8 i16 i32 i64 isize u8 u16 u32 u64 usize }

impl PartitionValue for bool {
    fn write(value: &bool, text: &mut String) -> bool {
        write(value, text)
    }

    #[inline]
    fn key(value: &bool, key: &mut Vec<u8>) {
        key.push(u8::from(*value));
    }
}

impl PartitionValue for NaiveDate {
    fn write(value: &NaiveDate, text: &mut String) -> bool {
        write(value, text)
    }

    #[inline]
    fn key(value: &NaiveDate, key: &mut Vec<u8>) {
        key.extend_from_slice(&value.to_epoch_days().to_ne_bytes());
    }
}

macro_rules! texts {
    ($(($($generic:tt)*) $field:ty, $text:ty;)*) => {$(
        impl<$($generic)*> PartitionValue<$text> for $field {
            fn write(value: &$text, text: &mut String) -> bool {
                text.push_str(value.as_ref());
                true
            }

            #[inline]
            fn key(value: &$text, key: &mut Vec<u8>) {
                text_key(value.as_ref(), key);
            }
        }
    )*};
}

texts! {
    () String, String;
    () Box<str>, Box<str>;
    () Arc<str>, Arc<str>;
    ('a) &'a str, &'a str;
    ('a) Cow<'a, str>, Cow<'a, str>;
    (T: AsRef<str>) AsText<T>, T;
}

impl<T, F: PartitionValue<T>> PartitionValue<Option<T>> for Option<F> {
    fn write(value: &Option<T>, text: &mut String) -> bool {
        value.as_ref().is_some_and(|value| F::write(value, text))
    }

    #[inline]
    fn key(value: &Option<T>, key: &mut Vec<u8>) {
        key.push(u8::from(value.is_some()));
        if let Some(value) = value {
            F::key(value, key);
        }
    }
}
