//! How items become bytes of a file or a stream: the trait [`Format`].

use super::text::Text;
use flowstone_runtime::error::Fault;
use std::fmt::{Debug, Display, Write};

/// How items become bytes: what a sink of lines writes.
pub trait Format<T>: Send + 'static {
    /// Begins a file that is empty.
    #[doc(hidden)]
    fn begin(&mut self) {}

    /// Goes on with a file that has something in it.
    #[doc(hidden)]
    fn go_on(&mut self) {}

    /// Appends `items` to `out` and leaves the vector empty.
    ///
    /// # Errors
    /// Where an item has no such form.
    #[doc(hidden)]
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault>;
}

/// A line an item, as its [`Text`] says.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsText;

/// A line an item, as its `Debug` says.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsDebug;

/// A line an item, as its `Display` says.
#[derive(Debug, Clone, Copy, Default)]
pub struct AsDisplay;

/// A line an item, as a closure says.
#[derive(Clone, Copy)]
pub struct With<F>(pub(crate) F);

impl<F> Debug for With<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("With")
    }
}

fn lines<T>(items: &mut Vec<T>, out: &mut Vec<u8>, write: impl Fn(&T, &mut String)) {
    let mut text = String::with_capacity(items.len() * 16);
    for item in items.drain(..) {
        write(&item, &mut text);
        text.push('\n');
    }
    if out.is_empty() {
        *out = text.into_bytes();
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}

impl<T: Text> Format<T> for AsText {
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        lines(items, out, T::write);
        Ok(())
    }
}

impl<T: Debug> Format<T> for AsDebug {
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        lines(items, out, |item, out| {
            // Writing to a string does not fail.
            let _ = write!(out, "{item:?}");
        });
        Ok(())
    }
}

impl<T: Display> Format<T> for AsDisplay {
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        lines(items, out, |item, out| {
            // Writing to a string does not fail, but a `Display` can: its line is what it had written.
            let _ = write!(out, "{item}");
        });
        Ok(())
    }
}

impl<T, F: Fn(&T, &mut String) + Send + 'static> Format<T> for With<F> {
    fn append(&mut self, items: &mut Vec<T>, out: &mut Vec<u8>) -> Result<(), Fault> {
        lines(items, out, &self.0);
        Ok(())
    }
}
