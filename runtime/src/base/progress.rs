//! How far reading has come.

/// How far a reader has come: `done` of `total` bytes (or rows).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// What has been read.
    pub done: u64,
    /// What there is.
    pub total: u64,
}
