//! What the macro does with a stream that several chains read.

use crate::stream::{Chain, Edges, Stream};

/// Makes a stream that can be cloned: each clone gets every item.
///
/// In a flow, a named stream that is used more than once is shared automatically.
pub fn share<'s, T, B, C>(up: Stream<'s, T, B, C>) -> Stream<'s, T, B, Edges<'s, T>>
where
    T: Clone + 'static,
    B: 'static,
    C: Chain<'s, T>,
{
    up.into_edges()
}
