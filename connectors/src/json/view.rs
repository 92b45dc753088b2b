//! A value that borrows from the line it was parsed from: [`View`].

use super::JsonError;
use crate::files::Line;
use serde::Deserialize;
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;

/// A type that borrows text for a lifetime of any length, which [`view`] can make.
///
/// [`borrowed!`](super::borrowed) implements it. By hand it is as safe, and as short:
///
/// ```
/// use flowstone_connectors::json::{self, Borrowed};
///
/// #[derive(serde::Deserialize)]
/// struct Hit<'a> { page: &'a str }
///
/// impl Borrowed for Hit<'static> {
///     type Of<'a> = Hit<'a>;
///     fn shorten<'short, 'long: 'short>(hit: &'short Hit<'long>) -> &'short Hit<'short> { hit }
/// }
///
/// let hit = json::view::<Hit<'static>>(&r#"{"page": "/home"}"#.into()).unwrap();
/// assert_eq!(hit.get().page, "/home");
/// ```
///
/// A type that could take in shorter-lived text later is none:
///
/// ```compile_fail
/// use flowstone_connectors::json;
/// use std::cell::Cell;
///
/// #[derive(serde::Deserialize)]
/// struct Hit<'a> { #[serde(borrow)] page: Cell<&'a str> }
///
/// json::borrowed!(Hit);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be borrowed from a line",
    label = "not a type that `json::view` makes",
    note = "for a struct `Hit<'a>` write `json::borrowed!(Hit);` beside it, and `json::view::<Hit<'static>>` here",
    note = "a type without a lifetime is made by `json::parse`"
)]
pub trait Borrowed: 'static {
    /// The type, borrowing for `'a`.
    type Of<'a>: Deserialize<'a>;

    /// The same value, seen as one that borrows for less long. The body is the parameter.
    fn shorten<'short, 'long: 'short>(value: &'short Self::Of<'long>) -> &'short Self::Of<'short>;
}

/// Implements [`Borrowed`](crate::json::Borrowed) for structs that have one lifetime.
///
/// ```
/// use flowstone_connectors::files::Line;
/// use flowstone_connectors::json;
/// use std::borrow::Cow;
///
/// #[derive(serde::Deserialize)]
/// struct Hit<'a> {
///     page: &'a str,
///     // Text that may hold escapes (`\"`, `\n`) cannot always be borrowed.
///     #[serde(borrow)]
///     title: Cow<'a, str>,
/// }
/// json::borrowed!(Hit);
///
/// let line = Line::from(r#"{"page": "/home", "title": "a \"home\""}"#);
/// let hit = json::view::<Hit<'static>>(&line).unwrap();
/// assert_eq!((hit.get().page, &*hit.get().title), ("/home", "a \"home\""));
/// ```
#[macro_export]
#[doc(hidden)]
macro_rules! json_borrowed {
    ($($name:ident),+ $(,)?) => {$(
        impl $crate::json::Borrowed for $name<'static> {
            type Of<'a> = $name<'a>;

            fn shorten<'short, 'long: 'short>(value: &'short $name<'long>) -> &'short $name<'short> {
                value
            }
        }
    )+};
}

/// A value parsed from a line, borrowing from it and holding it: it can go through a flow as an item, and no text is
/// copied.
///
/// A view keeps the block alive that its line is a part of; map it to what is wanted of it early.
///
/// # Why this is sound
/// - The text of a [`Line`] is in a counted block, which neither moves nor changes while a line of it is left; the view
///   holds one, and drops the value first.
/// - The value is parsed with the lifetime of the line, by code that is the same for every lifetime (`Of<'a>` must be
///   `Deserialize<'a>` for all `'a`), so nothing in it can have kept the text for longer. Only then is the lifetime
///   forgotten.
/// - The value comes out through [`Borrowed::shorten`] alone, which no safe code can implement for a type in which a
///   lifetime cannot be shortened, and which cannot know the lifetime it is called with.
pub struct View<T: Borrowed> {
    /// Always initialised. `MaybeUninit` takes back the promise that what the value refers to outlives every function
    /// that a view is handed to: the one that drops it frees the text.
    value: MaybeUninit<T::Of<'static>>,
    line: Line,
    /// Neither `Send` nor `Sync` for the wrong reason: see below.
    unsent: PhantomData<*const ()>,
}

// SAFETY: a view is its value and its line, which is `Send`. The bound is on the value for every lifetime, since the one
// that it is stored with is not its own.
unsafe impl<T: Borrowed> Send for View<T> where for<'a> T::Of<'a>: Send {}
// SAFETY: as above.
unsafe impl<T: Borrowed> Sync for View<T> where for<'a> T::Of<'a>: Sync {}

/// Makes a value of a line of JSON without copying text: `-> try_map("parse", json::view::<Hit<'static>>)`.
///
/// # Errors
/// Where the line is not JSON, or not of that form, as [`parse`](super::parse). A field `&str` cannot take text that holds
/// escapes; a `Cow<str>` with `#[serde(borrow)]` can.
#[inline]
pub fn view<T: Borrowed>(line: &Line) -> Result<View<T>, JsonError> {
    let line = line.clone();
    let value = read::<T>(&line)?;
    Ok(View { value, line, unsent: PhantomData })
}

/// Parses a value and forgets for how long it borrows. It must not be used after the line is gone.
#[inline]
fn read<'a, T: Borrowed>(line: &'a Line) -> Result<MaybeUninit<T::Of<'static>>, JsonError> {
    let text = line.as_str();
    let value: MaybeUninit<T::Of<'a>> =
        MaybeUninit::new(serde_json::from_str::<T::Of<'a>>(text).map_err(|error| JsonError::reading(&error, text))?);
    // SAFETY: the two types differ in a lifetime alone, so they have the same layout; the value is moved, for a
    // `MaybeUninit` that goes out of scope drops nothing.
    Ok(unsafe { std::mem::transmute_copy::<MaybeUninit<T::Of<'a>>, MaybeUninit<T::Of<'static>>>(&value) })
}

impl<T: Borrowed> View<T> {
    /// The value.
    #[must_use]
    #[inline]
    pub fn get(&self) -> &T::Of<'_> {
        // SAFETY: initialised by `view`; the line is there as long as `self` is.
        T::shorten(unsafe { self.value.assume_init_ref() })
    }

    /// The line it was parsed from.
    #[must_use]
    pub fn line(&self) -> &Line {
        &self.line
    }
}

impl<T: Borrowed> Drop for View<T> {
    fn drop(&mut self) {
        // SAFETY: initialised by `view`, dropped once, and before the line.
        unsafe { self.value.assume_init_drop() }
    }
}

impl<T: Borrowed> fmt::Debug for View<T>
where
    for<'a> T::Of<'a>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
