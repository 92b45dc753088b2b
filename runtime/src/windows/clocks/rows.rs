//! What travels to a window step: values, each with its stamp, or what many of them come to.

use crate::base::data::Data;
use crate::windows::assign::Window;
use serde::{Deserialize, Serialize};

/// What goes to a window step.
#[derive(Serialize, Deserialize)]
pub(crate) enum Row<K, T, V, S> {
    /// A value and its stamp.
    Value(T, V),
    /// What the values of some keys come to. Behind a pointer, for it stands for many values, whose rows are not to be as large.
    Partials(Box<PartialBatch<K, S>>),
}

/// Parts of keys that one worker owns, all of one interval.
#[derive(Serialize, Deserialize)]
pub(crate) struct PartialBatch<K, S> {
    pub(crate) interval: Window,
    pub(crate) partials: Vec<PartialRow<K, S>>,
}

/// The hash of a key, the key, and what its values come to.
pub(crate) type PartialRow<K, S> = (u64, K, S);

/// A [`Row`], or less where there are no parts.
pub(crate) trait WindowRow<K, T, V, S>: Data {
    fn value(stamp: T, value: V) -> Self;

    /// Parts, where there are any.
    fn partials(partials: PartialBatch<K, S>) -> Option<Self>;

    fn open(self) -> Row<K, T, V, S>;
}

impl<K: Data, T: Data, V: Data, S: Data> WindowRow<K, T, V, S> for Row<K, T, V, S> {
    #[inline(always)]
    fn value(stamp: T, value: V) -> Self {
        Row::Value(stamp, value)
    }

    fn partials(partials: PartialBatch<K, S>) -> Option<Self> {
        Some(Row::Partials(Box::new(partials)))
    }

    #[inline(always)]
    fn open(self) -> Self {
        self
    }
}

impl<K, T: Data, V: Data, S> WindowRow<K, T, V, S> for (T, V) {
    #[inline(always)]
    fn value(stamp: T, value: V) -> Self {
        (stamp, value)
    }

    fn partials(_parts: PartialBatch<K, S>) -> Option<Self> {
        None
    }

    #[inline(always)]
    fn open(self) -> Row<K, T, V, S> {
        Row::Value(self.0, self.1)
    }
}
