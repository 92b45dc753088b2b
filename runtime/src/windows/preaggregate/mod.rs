//! Values that are aggregated before they reach their windows: partials, by interval and key.

mod partials;
mod recent;
mod slot;
mod spans;

pub(crate) use partials::{ForStep, Partials};
pub(crate) use recent::{Recent, Slice};
pub(crate) use slot::{WindowKey, WindowSlot};
pub(crate) use spans::{Held, Span, SpanIndex, Spans};
