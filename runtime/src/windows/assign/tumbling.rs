//! `tumbling`: windows of one length, one after the other.

use super::windower::{Apart, Window, Windower};
use crate::base::clock::{Timestamp, micros};
use std::time::Duration;

/// Windows of one length, one after the other: every time is in one of them.
///
/// Window 0 opens at `align_to`, the Unix epoch by default; those before it have negative numbers.
///
/// # Errors
/// A length of zero is a compile error where it is written as a literal, and keeps the flow from starting otherwise.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, Windowed<u64>)>) {
///         input("seconds", iter([-1, 1, 59, 60]))
///             -> key_on("key", |_| true)
///             -> count_window("count",
///                    clock = event_time(|second| second * 1_000_000, wait = 0s),
///                    windows = tumbling(1min))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(-1, 1), (0, 2), (1, 1)]);
/// ```
#[must_use]
pub fn tumbling(length: Duration, align_to: Option<Timestamp>) -> Tumbling {
    Tumbling { length: micros(length), align_to: align_to.unwrap_or_default().0 }
}

/// The windows that [`tumbling`] makes.
#[derive(Debug, Clone, Copy)]
pub struct Tumbling {
    length: i64,
    align_to: i64,
}

impl Windower for Tumbling {
    type Overlap = Apart;

    #[inline(always)]
    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
        let id = at.0.saturating_sub(self.align_to).div_euclid(self.length);
        let open = self.align_to.saturating_add(id.saturating_mul(self.length));
        into(Window { id, open: Timestamp(open), close: Timestamp(open.saturating_add(self.length)) });
    }

    fn check(&self) -> Result<(), String> {
        if self.length > 0 { Ok(()) } else { Err("the length of a window must be more than zero".into()) }
    }
}
