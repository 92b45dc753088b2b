//! The parts that generated code is made of: where its tokens point to, and what they name.

pub(crate) mod paths;
pub(crate) mod spans;
