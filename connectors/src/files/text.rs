//! How an item becomes a line of text: the trait [`Text`].

use super::line::{ByteLine, Line};
use flowstone_runtime::clock::Timestamp;
use flowstone_runtime::error::Fault;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::fmt::Write;
use std::rc::Rc;
use std::sync::Arc;

/// How an item becomes a line of text: what sinks of lines ask of it.
///
/// | item | line |
/// |---|---|
/// | text, numbers, `bool`, `char` | as `Display` has it |
/// | tuples of up to four | tab-separated |
/// | `(item, error)`, as `try_map`'s `.err` has it | `item: error` |
/// | `Vec` and other collections | `[a, b]`, `{a, b}`, `{a: 1, b: 2}` |
/// | `Option` | what is in it, or nothing |
/// | `Result` | what is in it, or the error |
///
/// Other types say it themselves, or the sink is told how: [`StdoutSink::debug`](crate::stdio::StdoutSink::debug),
/// `display` and `with`.
///
/// ```
/// use flowstone_connectors::files::Text;
///
/// struct Price { item: String, cents: u32 }
///
/// impl Text for Price {
///     fn write(&self, out: &mut String) {
///         out.push_str(&format!("{} costs {}.{:02}", self.item, self.cents / 100, self.cents % 100));
///     }
/// }
/// assert_eq!(("tea", vec![Some(1), None]).to_line(), "tea\t[1, ]");
/// assert_eq!(Price { item: "tea".into(), cents: 305 }.to_line(), "tea costs 3.05");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not text that can be written as a line",
    label = "the sink writes text, and the items have no text form",
    note = "make text of it before: `-> map(\"id\", |item| format!(…))`",
    note = "or tell the sink how: `.debug()`, `.display()`, `.with(|item, out| …)`; or write `impl Text` for the type"
)]
pub trait Text {
    /// What stands between an item and this one where they are a pair.
    #[doc(hidden)]
    const JOINED_BY: &'static str = "\t";

    /// Appends the text of this item to `out`.
    fn write(&self, out: &mut String);

    /// The text of this item.
    fn to_line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line);
        line
    }
}

// All implementations are marked `do_not_recommend`, for a list of them would hide what the message says.

macro_rules! as_str {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Text for $type {
            #[inline]
            fn write(&self, out: &mut String) {
                out.push_str(self);
            }
        }
    )*};
}

as_str! { str String Line Box<str> Rc<str> Arc<str> Cow<'_, str> }

macro_rules! as_display {
    ($($type:ty)*) => {$(
        #[diagnostic::do_not_recommend]
        impl Text for $type {
            #[inline]
            fn write(&self, out: &mut String) {
                // Writing to a string does not fail.
                let _ = write!(out, "{self}");
            }
        }
    )*};
}

as_display! {
    u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 bool char ByteLine
    std::num::NonZeroU32 std::num::NonZeroU64 std::num::NonZeroUsize
    std::net::IpAddr std::net::Ipv4Addr std::net::Ipv6Addr std::net::SocketAddr
    std::fmt::Arguments<'_>
}

/// Writes errors with what caused them.
pub(crate) fn write_error(error: &dyn std::error::Error, out: &mut String) {
    let _ = write!(out, "{error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        let _ = write!(out, ": {error}");
        cause = error.source();
    }
}

macro_rules! as_error {
    ($($(#[$attribute:meta])* $type:ty,)*) => {$(
        $(#[$attribute])*
        #[diagnostic::do_not_recommend]
        impl Text for $type {
            const JOINED_BY: &'static str = ": ";

            fn write(&self, out: &mut String) {
                write_error(self, out);
            }
        }
    )*};
}

as_error! {
    std::char::ParseCharError,
    std::char::CharTryFromError,
    std::convert::Infallible,
    std::fmt::Error,
    std::io::Error,
    std::net::AddrParseError,
    std::num::ParseFloatError,
    std::num::ParseIntError,
    std::num::TryFromIntError,
    std::str::ParseBoolError,
    std::str::Utf8Error,
    std::string::FromUtf8Error,
    std::time::SystemTimeError,
    Fault,
    #[cfg(feature = "json")]
    serde_json::Error,
    #[cfg(feature = "csv")]
    csv::Error,
    #[cfg(feature = "parquet")]
    chrono::ParseError,
}

#[diagnostic::do_not_recommend]
impl Text for Box<dyn std::error::Error> {
    const JOINED_BY: &'static str = ": ";

    fn write(&self, out: &mut String) {
        write_error(&**self, out);
    }
}

#[diagnostic::do_not_recommend]
impl Text for Box<dyn std::error::Error + Send + Sync> {
    const JOINED_BY: &'static str = ": ";

    fn write(&self, out: &mut String) {
        write_error(&**self, out);
    }
}

/// As RFC 3339 has it, in UTC: `2026-01-31T09:30:00.250000Z`.
#[diagnostic::do_not_recommend]
impl Text for Timestamp {
    fn write(&self, out: &mut String) {
        let (date, time) = (self.0.div_euclid(86_400_000_000), self.0.rem_euclid(86_400_000_000));
        let (year, month, day) = civil(date);
        let (second, micros) = (time / 1_000_000, time % 1_000_000);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let _ = write!(out, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if micros != 0 {
            let _ = write!(out, ".{micros:06}");
        }
        out.push('Z');
    }
}

/// The year, month and day of a day counted from 1970-01-01, in the Gregorian calendar.
///
/// Years are counted from March on, so that the leap day is a year's last one, in eras of 400 years.
pub(crate) fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[diagnostic::do_not_recommend]
impl Text for () {
    fn write(&self, _: &mut String) {}
}

#[diagnostic::do_not_recommend]
impl<T: Text + ?Sized> Text for &T {
    const JOINED_BY: &'static str = T::JOINED_BY;

    fn write(&self, out: &mut String) {
        (**self).write(out);
    }
}

#[diagnostic::do_not_recommend]
impl<A: Text> Text for (A,) {
    fn write(&self, out: &mut String) {
        self.0.write(out);
    }
}

#[diagnostic::do_not_recommend]
impl<A: Text, B: Text> Text for (A, B) {
    #[inline]
    fn write(&self, out: &mut String) {
        self.0.write(out);
        out.push_str(B::JOINED_BY);
        self.1.write(out);
    }
}

#[diagnostic::do_not_recommend]
impl<A: Text, B: Text, C: Text> Text for (A, B, C) {
    fn write(&self, out: &mut String) {
        ((&self.0, &self.1), &self.2).write(out);
    }
}

#[diagnostic::do_not_recommend]
impl<A: Text, B: Text, C: Text, D: Text> Text for (A, B, C, D) {
    fn write(&self, out: &mut String) {
        ((&self.0, &self.1), (&self.2, &self.3)).write(out);
    }
}

#[diagnostic::do_not_recommend]
impl<T: Text> Text for Option<T> {
    fn write(&self, out: &mut String) {
        if let Some(item) = self {
            item.write(out);
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Text, E: Text> Text for Result<T, E> {
    fn write(&self, out: &mut String) {
        match self {
            Ok(item) => item.write(out),
            Err(error) => error.write(out),
        }
    }
}

/// Writes `items` between two brackets, with commas between them.
fn write_list<T>(out: &mut String, brackets: &str, items: impl Iterator<Item = T>, write: impl Fn(T, &mut String)) {
    let (open, close) = brackets.split_at(1);
    out.push_str(open);
    for (at, item) in items.enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push_str(close);
}

macro_rules! as_list {
    ($brackets:literal $([$($generic:tt)*] $type:ty,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Text for $type {
            fn write(&self, out: &mut String) {
                write_list(out, $brackets, self.iter(), T::write);
            }
        }
    )*};
}

as_list! { "[]"
    [T: Text] [T],
    [T: Text] Vec<T>,
    [T: Text] VecDeque<T>,
    [T: Text, const N: usize] [T; N],
}
as_list! { "{}" [T: Text] BTreeSet<T>, [T: Text, S] HashSet<T, S>, }

macro_rules! as_map {
    ($([$($generic:tt)*] $type:ty,)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Text for $type {
            fn write(&self, out: &mut String) {
                write_list(out, "{}", self.iter(), |(key, value), out| {
                    key.write(out);
                    out.push_str(": ");
                    value.write(out);
                });
            }
        }
    )*};
}

as_map! { [K: Text, V: Text] BTreeMap<K, V>, [K: Text, V: Text, S] HashMap<K, V, S>, }

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails is to say where")]
mod tests {
    use super::*;

    #[test]
    fn items_as_lines() {
        assert_eq!(("a", 1).to_line(), "a\t1");
        assert_eq!(("a", 1, 2.5, false).to_line(), "a\t1\t2.5\tfalse");
        assert_eq!(
            (Line::from("12x"), "12x".parse::<u32>().unwrap_err()).to_line(),
            "12x: invalid digit found in string"
        );
        assert_eq!(("key", vec!["a", "b"]).to_line(), "key\t[a, b]");
        assert_eq!(BTreeMap::from([("a", 1), ("b", 2)]).to_line(), "{a: 1, b: 2}");
        assert_eq!(Ok::<_, std::num::ParseIntError>(5).to_line(), "5");
    }

    #[test]
    fn times_as_lines() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (1_709_164_800_000_000, "2024-02-29T00:00:00Z"),
            (1_767_225_599_250_000, "2025-12-31T23:59:59.250000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00Z"),
        ] {
            assert_eq!(Timestamp(micros).to_line(), text);
        }
    }
}
