//! What expanded code may name besides the steps, and nothing else.

pub use crate::exec::{Parameter, flow, unbuildable};
pub use crate::stream::Cx;

use crate::stream::Stream;

/// What a flow's parameter must be: every worker gets a clone of it.
#[diagnostic::on_unimplemented(
    message = "a flow's parameter must be `Clone + Send + Sync`, and `{Self}` is not",
    label = "every worker gets a clone of this parameter",
    note = "pass what it is made from instead (a path, an address), and make it in the flow"
)]
pub trait IsParameter {}

impl<T: Clone + Send + Sync + 'static> IsParameter for T {}

/// Checks a parameter's type where it is written.
pub fn assert_parameter<T: IsParameter>() {}

/// What a type assertion, `name: Type = chain`, asks of a stream's items.
#[diagnostic::on_unimplemented(
    message = "this stream carries `{Self}`, not `{T}`",
    label = "the stream carries another type",
    note = "write `{Self}` here, or turn the items into `{T}`: `-> map(\"id\", |item| …)`"
)]
pub trait IsItem<T>: Sized {}

impl<T> IsItem<T> for T {}

/// Checks a stream's item type where the annotation stands.
pub fn assert_item<'s, Item, T, B, C>(stream: Stream<'s, T, B, C>) -> Stream<'s, T, B, C>
where
    T: IsItem<Item>,
{
    stream
}
