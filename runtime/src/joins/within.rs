//! How far from each other in time two values may be that a join brings together.

use crate::base::clock::{Timestamp, micros};
use std::time::Duration;

/// One end of a [`Within`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// So long before the value of the first side.
    Before(Duration),
    /// So long after it.
    After(Duration),
}

impl End {
    fn micros(self) -> i64 {
        match self {
            End::Before(by) => -micros(by),
            End::After(by) => micros(by),
        }
    }
}

/// Where the time of the second side's value lies, seen from that of the first's: in a flow `-5s..5s`, or with its last
/// moment `-5s..=5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// The least difference, in microseconds.
    from: i64,
    /// The greatest.
    to: i64,
}

/// From `from` up to `to`, and with it if it is `inclusive`.
///
/// ```
/// use flowstone::joins::{End, within};
/// use std::time::Duration;
///
/// // In a flow: `-5s..5s`.
/// let five = Duration::from_secs(5);
/// let around = within(End::Before(five), End::After(five), false);
/// assert_ne!(around, within(End::Before(five), End::After(five), true));
/// ```
#[must_use]
pub fn within(from: End, to: End, inclusive: bool) -> Within {
    Within { from: from.micros(), to: to.micros().saturating_sub(i64::from(!inclusive)) }
}

impl Within {
    /// True where no two values can be brought together.
    pub(crate) fn is_empty(self) -> bool {
        self.from > self.to
    }

    /// The times of the second side that go with `at` of the first, the last one included.
    #[inline(always)]
    pub(crate) fn of_first(self, at: Timestamp) -> (Timestamp, Timestamp) {
        (Timestamp(at.0.saturating_add(self.from)), Timestamp(at.0.saturating_add(self.to)))
    }

    /// The times of the first side that go with `at` of the second, the last one included.
    #[inline(always)]
    pub(crate) fn of_second(self, at: Timestamp) -> (Timestamp, Timestamp) {
        (Timestamp(at.0.saturating_sub(self.to)), Timestamp(at.0.saturating_sub(self.from)))
    }
}
