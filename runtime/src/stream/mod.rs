//! Streams: what steps take and give while a flow is built.
//!
//! A [`Stream`] is a chain of steps that no operator runs yet. Each stateless step wraps the chain in one more stage; the
//! step that ends the chain (an exchange, a sink, a second reader) says where items go, and only then is one operator
//! built, with the producer's loop and every stage in it as one piece of monomorphized code.

mod align;
mod chain;
mod cx;
mod deliver;
mod edge;
mod op;
mod over;
mod panics;
mod pool;
mod push;
mod route;
mod routed;
mod typed;

pub(crate) use align::{Align, Aligned};
pub use chain::Chain;
pub use cx::Cx;
pub(crate) use deliver::RoutePact;
pub use edge::Edges;
pub(crate) use edge::Port;
pub use op::Op;
pub(crate) use op::{OpState, Origin, Partitions};
pub(crate) use panics::{Caught, Naming, message_of, named, named_for, note_location, watch};
pub(crate) use pool::Pool;
pub use push::Push;
pub(crate) use push::{Down, Stage, batch};
pub(crate) use route::{Received, RoutePush};
pub(crate) use routed::Routed;
pub use typed::Stream;
