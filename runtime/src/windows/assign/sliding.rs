//! `sliding`: windows of one length, a new one every offset.

use super::windower::{Overlapping, Window, Windower};
use crate::base::clock::{Timestamp, micros};
use std::time::Duration;

/// Windows of one length, of which a new one opens every `offset`: a time is in `length / offset` of them.
///
/// Window 0 opens at `align_to`, the Unix epoch by default; those before it have negative numbers.
///
/// # Errors
/// A length or an offset of zero, or an offset longer than the length, is a compile error where it is written as a literal, and
/// keeps the flow from starting otherwise.
///
/// ```
/// use flowstone::prelude::*;
/// use flowstone::testing::TestSink;
/// use flowstone::windows::Windowed;
///
/// dataflow! {
///     flow counts(out: TestSink<(bool, Windowed<u64>)>) {
///         input("seconds", iter([1, 35, 65]))
///             -> key_on("key", |_| true)
///             -> count_window("count",
///                    clock = event_time(|second| second * 1_000_000, wait = 0s),
///                    windows = sliding(1min, offset = 30s))
///             -> output("out", out);
///     }
/// }
/// let out = TestSink::new();
/// counts(out.clone()).run(&Config::default()).unwrap();
/// let counts: Vec<(i64, u64)> = out.take().iter().map(|(_, window)| (window.id, window.value)).collect();
/// assert_eq!(counts, [(-1, 1), (0, 2), (1, 2), (2, 1)]);
/// ```
#[must_use]
pub fn sliding(length: Duration, offset: Duration, align_to: Option<Timestamp>) -> Sliding {
    Sliding { length: micros(length), offset: micros(offset), align_to: align_to.unwrap_or_default().0 }
}

/// The windows that [`sliding`] makes.
#[derive(Debug, Clone, Copy)]
pub struct Sliding {
    length: i64,
    offset: i64,
    align_to: i64,
}

impl Windower for Sliding {
    type Overlap = Overlapping;

    fn windows_of(&self, at: Timestamp, into: &mut impl FnMut(Window)) {
        let since = at.0.saturating_sub(self.align_to);
        let last = since.div_euclid(self.offset);
        // The first window that has not closed by then.
        let first = since.saturating_sub(self.length).div_euclid(self.offset).saturating_add(1);
        for id in first..=last {
            let open = self.align_to.saturating_add(id.saturating_mul(self.offset));
            into(Window { id, open: Timestamp(open), close: Timestamp(open.saturating_add(self.length)) });
        }
    }

    fn same_windows(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        let since = at.0.saturating_sub(self.align_to);
        // Windows open every `offset`, and close so much behind that.
        let (opened, closes) = (since.rem_euclid(self.offset), self.length.rem_euclid(self.offset));
        let closed = (opened - closes).rem_euclid(self.offset);
        let (back, on) = (opened.min(closed), self.offset - opened.max(closed));
        (Timestamp(at.0.saturating_sub(back)), Timestamp(at.0.saturating_add(on)))
    }

    fn check(&self) -> Result<(), String> {
        if self.length <= 0 {
            Err("the length of a window must be more than zero".into())
        } else if self.offset <= 0 {
            Err("the offset between two windows must be more than zero".into())
        } else if self.offset > self.length {
            Err("the offset between two windows must not be longer than they are: some times would be in none".into())
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_windows_are_the_same() {
        for (length, offset, align_to) in [(10, 5, 0), (10, 3, 0), (7, 7, 2), (12, 5, -3), (1, 1, 0)] {
            let windows = Sliding { length, offset, align_to };
            let ids = |at: i64| {
                let mut ids = Vec::new();
                windows.windows_of(Timestamp(at), &mut |window| ids.push(window.id));
                ids
            };
            for at in -40..40 {
                let (from, to) = windows.same_windows(Timestamp(at));
                assert!(from.0 <= at && at < to.0, "{windows:?}, {at}: {from:?} to {to:?}");
                assert!((from.0..to.0).all(|other| ids(other) == ids(at)), "{windows:?}, {at}: {from:?} to {to:?}");
                assert_ne!(ids(from.0 - 1), ids(at), "{windows:?}, {at}");
                assert_ne!(ids(to.0), ids(at), "{windows:?}, {at}");
            }
        }
    }
}
