//! Types as serde sees them, and what has been found out about them so far.

use serde::de;
use std::collections::BTreeMap;
use std::fmt;

/// A type as serde sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::state) enum Shape {
    /// Nothing is inside: `u64`, `str`, `unit`.
    Plain(&'static str),
    Option(Box<Shape>),
    Seq(Box<Shape>),
    Map(Box<(Shape, Shape)>),
    Tuple(Vec<Shape>),
    /// A struct or an enum, by its key among the containers.
    Named(&'static str),
    /// It was cut off.
    Unknown,
}

/// What a struct, or a variant of an enum, has inside.
#[derive(Debug, Clone)]
pub(in crate::state) enum Inside {
    Nothing,
    One(Shape),
    Tuple(Vec<Shape>),
    Fields(Vec<(&'static str, Shape)>),
}

/// A struct or an enum with its name. Its key is its path in Rust, so that two of one name are two.
#[derive(Debug)]
pub(in crate::state) struct Container {
    pub(in crate::state) name: &'static str,
    pub(in crate::state) kind: Kind,
}

#[derive(Debug)]
pub(in crate::state) enum Kind {
    Struct(Inside),
    Enum(Vec<(&'static str, Seen)>),
}

/// How far a variant has been followed.
#[derive(Debug)]
pub(in crate::state) enum Seen {
    NotYet,
    /// Enums in it have variants that have not been seen.
    InPart(Inside),
    Whole(Inside),
    /// It could not be made. It is tried once more when others have been, which may have to be inside of it.
    Later,
    /// It cannot be made of values that mean nothing.
    Refused,
}

/// What has been found out about a type so far.
#[derive(Debug, Default)]
pub(in crate::state) struct Trace {
    pub(in crate::state) containers: BTreeMap<&'static str, Container>,
    /// The containers that are being made, the innermost last.
    pub(super) open: Vec<&'static str>,
    /// How many of them are inside of themselves.
    pub(super) cut: usize,
    /// True where an enum has been met that has more to see.
    pub(super) more: bool,
    /// True where a variant could not be made, and the next time another one is taken.
    pub(super) refused: bool,
}

/// What is deeper than this holds itself without an option or a list in between.
pub(super) const DEPTH: usize = 64;

/// A type cannot be followed.
#[derive(Debug)]
pub(in crate::state) struct Lost;

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it cannot be followed")
    }
}

impl std::error::Error for Lost {}

impl de::Error for Lost {
    fn custom<T: fmt::Display>(_message: T) -> Lost {
        Lost
    }
}
