//! What types look like to serde: [`trace`] follows a type's `Deserialize`, and notes every field and every variant.
//!
//! The type is made from values that mean nothing, again and again: each time an enum is made of a variant that has not been
//! seen to its end. Inside of itself a type is cut off: an option is `None` there, and a list is empty.

mod deserializer;
mod types;

use deserializer::Deserializer;
use serde::de::DeserializeOwned;
pub(super) use types::{Container, Inside, Kind, Lost, Seen, Shape, Trace};

/// A type is made at most so often.
const TIMES: usize = 1000;
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
