//! The window step as an operator, and the choice of how its windows are kept.

mod backend;
mod operator;

pub use operator::Late;
pub(crate) use operator::{stamped, window_operator, windows_behind, with_late};
