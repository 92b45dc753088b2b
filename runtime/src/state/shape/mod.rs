//! What types look like to serde: [`trace`] follows a type's `Deserialize`, and notes every field and every variant.
//!
//! The type is made from values that mean nothing, again and again: each time an enum is made of a variant that has not been
//! seen to its end. Inside of itself a type is cut off: an option is `None` there, and a list is empty.

mod deserializer;

use deserializer::Deserializer;
use serde::de::{self, DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt;

/// A type as serde sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
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
pub(super) enum Inside {
    Nothing,
    One(Shape),
    Tuple(Vec<Shape>),
    Fields(Vec<(&'static str, Shape)>),
}

/// A struct or an enum with its name. Its key is its path in Rust, so that two of one name are two.
#[derive(Debug)]
pub(super) struct Container {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Struct(Inside),
    Enum(Vec<(&'static str, Seen)>),
}

/// How far a variant has been followed.
#[derive(Debug)]
pub(super) enum Seen {
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
pub(super) struct Trace {
    pub(super) containers: BTreeMap<&'static str, Container>,
    /// The containers that are being made, the innermost last.
    open: Vec<&'static str>,
    /// How many of them are inside of themselves.
    cut: usize,
    /// True where an enum has been met that has more to see.
    more: bool,
    /// True where a variant could not be made, and the next time another one is taken.
    refused: bool,
}

/// A type is made at most so often.
const TIMES: usize = 1000;
/// What is deeper than this holds itself without an option or a list in between.
const DEPTH: usize = 64;

/// A type cannot be followed.
#[derive(Debug)]
pub(super) struct Lost;

/// The shape of `T`, with the structs and enums in it.
pub(super) fn trace<T: DeserializeOwned>() -> Result<(Shape, Trace), Lost> {
    let mut trace = Trace::default();
    for _ in 0..TIMES {
        trace = Trace { containers: trace.containers, ..Trace::default() };
        let mut shape = Shape::Unknown;
        match T::deserialize(Deserializer { trace: &mut trace, shape: &mut shape }) {
            Ok(_) if !trace.more => return Ok((shape, trace)),
            Err(Lost) if !trace.refused => return Err(Lost),
            _ => {}
        }
    }
    Err(Lost)
}

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
