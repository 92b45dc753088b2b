//! `session`: windows that last as long as values keep coming.

use super::windower::{Merging, Window, Windower};
use crate::base::clock::{Timestamp, micros};
use std::time::Duration;

/// Windows that last as long as no two values are further apart than `gap`.
///
/// A session opens with its first value and closes `gap` after its last one; a value at that very moment still belongs to it.
/// A value between two sessions can make them one: the one that opened first goes on, and its
/// [`merged`](crate::windows::Windowed::merged) names the others.
///
/// A gap of zero, with a session for each moment, is a compile error where it is written as a literal: it is a slip as a rule.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, Windowed<u64>)>) {
///         input("seconds", iter([0, 4, 20, 24, 40]))
///             -> key_on("key", |_| true)
///             -> count_window("count",
///                    clock = event_time(|second| second * 1_000_000, wait = 0s),
///                    windows = session(gap = 5s))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(0, 2), (1, 2), (2, 1)]);
/// ```
#[must_use]
pub fn session(gap: Duration) -> Session {
    Session { gap: micros(gap) }
}

/// The windows that [`session`] makes.
#[derive(Debug, Clone, Copy)]
pub struct Session {
    gap: i64,
}

impl Windower for Session {
    type Overlap = Merging;

    #[inline(always)]
    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
        into(Window { id: 0, open: at, close: Timestamp(at.0.saturating_add(self.gap)) });
    }
}
