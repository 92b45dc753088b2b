//! Where generated tokens point to, so that rustc's messages stand on what the user wrote.
//!
//! 1. The path of a call has the span of the step's word: bound errors stand on the step.
//! 2. The hidden variable between two steps has the span of the step that makes it where it is made, and of the step that
//!    reads it where it is read: what that step finds wrong with its stream is the same error at the same place as what
//!    its path finds, and rustc reports it once.
//! 3. The last segment of the path is the user's own word: hover and go-to-definition work on it.
//!
//! These spans are the user's own ones, not [`generated`]: as soon as one part of a call is the macro's and another the
//! user's, rustc falls back to the place of the whole macro.

use proc_macro2::{Ident, Span};

/// The place of `span`, as something the macro wrote: lints leave it alone, and no name of the user's reaches it. For
/// what no error can stand on.
pub(crate) fn generated(span: Span) -> Span {
    Span::mixed_site().located_at(span)
}

/// The variable that holds output `port` of step `step`, as the step at `span` makes or reads it.
pub(crate) fn variable(step: usize, port: usize, span: Span) -> Ident {
    let name = match port {
        0 => format!("__flowstone_{step}"),
        _ => format!("__flowstone_{step}_{port}"),
    };
    Ident::new(&name, span)
}

/// The argument of a closure at this place.
pub(crate) fn argument(at: usize, span: Span) -> Ident {
    Ident::new(&format!("__flowstone_argument_{at}"), span)
}

/// What makes the aggregates of `of = (…)`.
pub(crate) fn maker(span: Span) -> Ident {
    Ident::new("__flowstone_of", span)
}

/// One of several streams that a step reads together, as the part of it at `span` reads it.
pub(crate) fn side(at: usize, span: Span) -> Ident {
    Ident::new(&format!("__flowstone_side_{at}"), span)
}

/// The variable that knows the type of the values of stream `at` of a step.
pub(crate) fn values(at: usize, span: Span) -> Ident {
    Ident::new(&format!("__flowstone_values_{at}"), span)
}

/// The same name at another place, which may be in another macro's call.
pub(crate) fn at(name: &Ident, span: Span) -> Ident {
    Ident::new(&name.to_string(), name.span().located_at(span))
}

/// A name that only the macro uses.
pub(crate) fn hidden(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}
