//! What expanded code may name besides steps and checks, and nothing else.

pub use crate::exec::{Parameter, flow, locked, unbuildable};
pub use crate::stream::Cx;
