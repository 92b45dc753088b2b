//! [`Line`] and [`ByteLine`]: a line of a file as a part of the block that was read.

use super::block::{Block, BlockSlice};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// A line of text, without its line end: a part of the block that the source has read.
///
/// It is 16 bytes, copying it copies no text, and it reads as a `&str`. It compares, hashes and is stored as one, too, so
/// that a `Line` can be a key. A line keeps its whole block alive (up to 256 KiB): where few lines of many are kept for
/// long, keep `line.to_string()`.
///
/// ```
/// use flowstone_connectors::files::Line;
///
/// let line = Line::from("to be or not");
/// assert_eq!(line.split(' ').count(), 4);
/// assert_eq!(line.clone(), "to be or not");
/// ```
#[derive(Clone)]
pub struct Line(BlockSlice);

impl Line {
    /// A line of bytes that are UTF-8.
    ///
    /// # Safety
    /// The bytes are UTF-8.
    #[inline(always)]
    pub(crate) unsafe fn of_utf8(slice: BlockSlice) -> Line {
        Line(slice)
    }

    /// The text.
    #[must_use]
    #[inline(always)]
    pub fn as_str(&self) -> &str {
        // SAFETY: every line is made from a `str` or from bytes that were checked.
        unsafe { std::str::from_utf8_unchecked(self.0.bytes()) }
    }

    /// The line that `part` of this one is, without copying it; `None` where `part` is no part of this line's own text.
    ///
    /// ```
    /// use flowstone_connectors::files::Line;
    ///
    /// let line = Line::from("one two");
    /// let words: Vec<Line> = line.split(' ').filter_map(|word| line.part(word)).collect();
    /// assert_eq!(words, ["one", "two"]);
    /// ```
    #[must_use]
    pub fn part(&self, part: &str) -> Option<Line> {
        self.0.part(part.as_bytes()).map(Line)
    }
}

impl Deref for Line {
    type Target = str;

    #[inline(always)]
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Line {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Line {
    #[inline(always)]
    fn as_ref(&self) -> &str {
        self
    }
}

impl AsRef<[u8]> for Line {
    #[inline(always)]
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Copies the text into a block of its own. Panics where it is longer than 4 GiB.
impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Line(Block::of(text.as_bytes()).into_slice())
    }
}

/// Copies the text into a block of its own. Panics where it is longer than 4 GiB.
impl From<String> for Line {
    fn from(text: String) -> Self {
        Line::from(text.as_str())
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.as_str().to_owned()
    }
}

impl Default for Line {
    fn default() -> Self {
        Line::from("")
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl PartialEq for Line {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Line {}

impl PartialOrd for Line {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Line {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Line {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl PartialEq<str> for Line {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Line {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Line {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<Line> for str {
    fn eq(&self, other: &Line) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<Line> for &str {
    fn eq(&self, other: &Line) -> bool {
        *self == other.as_str()
    }
}

impl Serialize for Line {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line of text")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Line, E> {
                Ok(Line::from(text))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

/// A line of bytes, without its line end, which need not be UTF-8: what [`FileSource::bytes`](super::FileSource::bytes)
/// yields.
///
/// ```
/// use flowstone_connectors::files::ByteLine;
///
/// let line = ByteLine::from(&b"caf\xe9"[..]);
/// assert_eq!(line.len(), 4);
/// assert_eq!(line.to_string(), "caf\u{fffd}");
/// ```
#[derive(Clone)]
pub struct ByteLine(BlockSlice);

impl ByteLine {
    #[inline(always)]
    pub(crate) fn of(slice: BlockSlice) -> ByteLine {
        ByteLine(slice)
    }

    /// The bytes.
    #[must_use]
    #[inline(always)]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.bytes()
    }
}

impl Deref for ByteLine {
    type Target = [u8];

    #[inline(always)]
    fn deref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl Borrow<[u8]> for ByteLine {
    fn borrow(&self) -> &[u8] {
        self
    }
}

impl AsRef<[u8]> for ByteLine {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

/// Copies the bytes into a block of their own. Panics where there are more than 4 GiB.
impl From<&[u8]> for ByteLine {
    fn from(bytes: &[u8]) -> Self {
        ByteLine(Block::of(bytes).into_slice())
    }
}

/// What is not UTF-8 prints as the replacement character.
impl fmt::Display for ByteLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&String::from_utf8_lossy(self), f)
    }
}

impl fmt::Debug for ByteLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.escape_ascii())
    }
}

impl PartialEq for ByteLine {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for ByteLine {}

impl PartialOrd for ByteLine {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ByteLine {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for ByteLine {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl Serialize for ByteLine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self)
    }
}

impl<'de> Deserialize<'de> for ByteLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl<'de> Visitor<'de> for Bytes {
            type Value = ByteLine;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a line of bytes")
            }

            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<ByteLine, E> {
                Ok(ByteLine::from(bytes))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ByteLine, E> {
                Ok(ByteLine::from(text.as_bytes()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut bytes: A) -> Result<ByteLine, A::Error> {
                let mut line = Vec::new();
                while let Some(byte) = bytes.next_element()? {
                    line.push(byte);
                }
                Ok(ByteLine::from(line.as_slice()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}
