//! What a window step gives: a value, and the window it is of.

use crate::base::clock::Timestamp;
use serde::{Deserialize, Serialize};

/// The value of a window.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Windowed<V> {
    /// The window's number, unique for its key. Tumbling and sliding windows count from the one that opens at `align_to`,
    /// negative before it; sessions are numbered as they begin.
    pub id: i64,
    /// The first moment of the window.
    pub open: Timestamp,
    /// The moment at which it ends: the first one that is not in it.
    pub close: Timestamp,
    /// Whether it is what the window came to, or an earlier or later word on it.
    pub pane: Pane,
    /// The ids of sessions that have become one with this one.
    pub merged: Vec<i64>,
    /// What its values came to.
    pub value: V,
}

/// When the value of a window was put out. (Beam calls it the timing of a pane.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pane {
    /// Before the window closed: what it holds so far.
    Early,
    /// As it closed.
    OnTime,
    /// After it closed, for a late value was still allowed: the corrected value.
    Late,
}

impl<V> Windowed<V> {
    /// The same window with another value.
    pub fn map<W>(self, f: impl FnOnce(V) -> W) -> Windowed<W> {
        let Windowed { id, open, close, pane, merged, value } = self;
        Windowed { id, open, close, pane, merged, value: f(value) }
    }
}
